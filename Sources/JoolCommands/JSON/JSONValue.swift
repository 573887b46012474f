/// A place in a text: both count from 1, columns in bytes.
struct TextPosition: Hashable, Sendable, CustomStringConvertible {
  var line: Int
  var column: Int

  var description: String { "line \(line), column \(column)" }
}

/// A JSON value and where it begins.
struct JSONValue: Hashable, Sendable {
  indirect enum Content: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// In the order of the file; keys may repeat.
    case object([JSONMember])
  }

  var content: Content
  var position: TextPosition

  /// The members, if this is an object.
  var members: [JSONMember]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The first member with this name, ignoring case.
  func member(named name: String) -> JSONMember? {
    members?.first { $0.isNamed(name) }
  }
}

/// A key and its value.
struct JSONMember: Hashable, Sendable {
  var key: String
  var keyPosition: TextPosition
  var value: JSONValue

  /// Keys are the same whatever their case.
  func isNamed(_ name: String) -> Bool { key.lowercased() == name.lowercased() }
}

/// Why a text is not JSON.
struct JSONSyntaxError: Error, Hashable, Sendable {
  enum Reason: Hashable, Sendable {
    case expectedValue
    case expectedKey
    case expectedColon
    case expectedCommaOrEnd(closing: Character)
    case expectedEnd
    /// A slash or a number sign, where it can only begin a comment.
    case comment
    case nestedTooDeeply(limit: Int)
  }

  var reason: Reason
  var position: TextPosition
  /// The text from the offending byte on, as much as an error quotes.
  var excerpt: String
}
