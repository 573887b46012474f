@testable import JoolCommands

/// JSON values that tests make, to be compared with those that they read.
extension JSONValue {
  private init(_ content: Content) { self.init(content: content, position: TextPosition(line: 0, column: 0)) }

  static let null = JSONValue(.null)
  static func boolean(_ value: Bool) -> JSONValue { JSONValue(.boolean(value)) }
  static func number(_ value: some BinaryInteger) -> JSONValue { JSONValue(.number(Double(value))) }
  static func string(_ value: String) -> JSONValue { JSONValue(.string(value)) }
  static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(.array(elements)) }

  static func object(_ members: [String: JSONValue]) -> JSONValue {
    object(members.map { ($0.key, $0.value) })
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    JSONValue(
      .object(
        members.sorted { $0.0 < $1.0 }.map { name, value in
          JSONMember(key: name, keyPosition: TextPosition(line: 0, column: 0), value: value)
        }))
  }

  /// The value as tests make it: without positions, and with members in the order of their names.
  var normalized: JSONValue {
    switch content {
    case .array(let elements): .array(elements.map(\.normalized))
    case .object(let members): .object(members.map { ($0.key, $0.value.normalized) })
    case .null, .boolean, .number, .string: JSONValue(content)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }
}
