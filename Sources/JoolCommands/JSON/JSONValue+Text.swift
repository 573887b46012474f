/// Values to be written.
extension JSONValue {
  static let null = JSONValue(content: .null)

  static func boolean(_ value: Bool) -> JSONValue { JSONValue(content: .boolean(value)) }

  static func number(_ value: some BinaryInteger) -> JSONValue { JSONValue(content: .number(String(value))) }

  static func string(_ text: String) -> JSONValue { JSONValue(content: .string(text)) }

  /// The text of a value such as an address.
  static func text(_ value: some CustomStringConvertible) -> JSONValue { string(value.description) }

  static func array(_ elements: [JSONValue]) -> JSONValue { JSONValue(content: .array(elements)) }

  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    JSONValue(content: .object(members.map { JSONMember(key: $0, value: $1) }))
  }
}

/// The text of a value.
extension JSONValue {
  /// The value as text, without a final newline.
  /// - `levels`: the number of levels of arrays and objects that have a line for each element. Deeper levels are on one
  ///   line.
  func text(expanding levels: Int = 0) -> String {
    var text = ""
    write(to: &text, levels: levels, indentation: 0)
    return text
  }

  private func write(to text: inout String, levels: Int, indentation: Int) {
    switch content {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .number(let digits): text += digits
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements, "[", "]", to: &text, levels, indentation) { element, text in
        element.write(to: &text, levels: levels - 1, indentation: indentation + 1)
      }
    case .object(let members):
      Self.write(members, "{", "}", to: &text, levels, indentation) { member, text in
        Self.write(member.key, to: &text)
        text += ": "
        member.value.write(to: &text, levels: levels - 1, indentation: indentation + 1)
      }
    }
  }

  private static func write<Element>(
    _ elements: [Element], _ opening: String, _ closing: String, to text: inout String, _ levels: Int,
    _ indentation: Int, _ writeElement: (Element, inout String) -> Void
  ) {
    text += opening
    let isExpanded = levels > 0 && !elements.isEmpty
    for (index, element) in elements.enumerated() {
      if index > 0 { text += isExpanded ? "," : ", " }
      if isExpanded { text += "\n" + String(repeating: "  ", count: indentation + 1) }
      writeElement(element, &text)
    }
    if isExpanded { text += "\n" + String(repeating: "  ", count: indentation) }
    text += closing
  }

  /// Writes a string with its quotes.
  ///
  /// Control characters are escaped, so that no value can move a terminal's cursor.
  private static func write(_ string: String, to text: inout String) {
    text += "\""
    defer { text += "\"" }
    // Nearly every string is an address or a name, which needs no escape and is appended at once.
    let isPlain = string.utf8.allSatisfy { 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    guard !isPlain else { return text += string }
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<" ", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}
