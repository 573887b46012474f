@testable import JoolCommands

/// JSON values that tests make, to be compared with those that they read.
extension JSONValue {
  /// An object whose members are in the order of their names.
  static func object(_ members: [String: JSONValue]) -> JSONValue {
    object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }

  /// The value as tests make it: without positions, and with members in the order of their names.
  var normalized: JSONValue {
    switch content {
    case .array(let elements): .array(elements.map(\.normalized))
    case .object(let members): .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.normalized) })
    case .null, .boolean, .number, .string: JSONValue(content: content)
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  init(stringLiteral value: String) { self = .string(value) }
  init(integerLiteral value: Int) { self = .number(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements.sorted { $0.0 < $1.0 }) }
}
