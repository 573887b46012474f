import Glibc

/// A position in a text.
///
/// Lines and columns count from 1; columns are in bytes.
struct TextPosition: Hashable, Sendable, CustomStringConvertible {
  var line: UInt32
  var column: UInt32

  /// The position of values that were not read.
  static let none = TextPosition(line: 0, column: 0)

  var description: String { "line \(line), column \(column)" }
}

/// A JSON value, and the position of its start if it was read.
struct JSONValue: Hashable, Sendable {
  enum Content: Hashable, Sendable {
    case null
    case boolean(Bool)
    /// A number as it is written, because `Double` cannot hold every counter of the module.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// The members in their order. Keys may repeat.
    case object([JSONMember])
  }

  var content: Content
  var position = TextPosition.none

  /// The members, if this is an object.
  var members: [JSONMember]? {
    if case .object(let members) = content { members } else { nil }
  }

  /// The number, if this is one.
  ///
  /// 0 if the text does not begin with a number, as strtod(3) has it.
  var number: Double? {
    if case .number(let digits) = content { strtod(digits, nil) } else { nil }
  }

  /// The first member with this name, ignoring case.
  func member(named name: String) -> JSONMember? {
    members?.first { $0.isNamed(name) }
  }
}

/// A key and its value.
struct JSONMember: Hashable, Sendable {
  var key: String
  var keyPosition = TextPosition.none
  var value: JSONValue

  /// Whether the key is this name, ignoring case.
  func isNamed(_ name: String) -> Bool { key.lowercased() == name.lowercased() }
}

/// An error in the syntax of a JSON text.
struct JSONSyntaxError: Error, Hashable, Sendable {
  enum Reason: Hashable, Sendable {
    case expectedValue
    case expectedKey
    case expectedColon
    case expectedCommaOrEnd(closing: Character)
    case expectedEnd
    /// There is a slash or a number sign in a place where it can only begin a comment.
    case comment
    case nestedTooDeeply(limit: Int)
  }

  var reason: Reason
  var position: TextPosition
  /// The text from the wrong byte on, at most `JSONReader.excerptLimit` bytes.
  var excerpt: String
}
