/// A JSON value for output.
///
/// Members keep their order.
indirect enum JSONItem: Sendable {
  case null
  case boolean(Bool)
  case integer(UInt64)
  case string(String)
  case array([JSONItem])
  case object([(String, JSONItem)])

  /// An integer.
  static func number(_ value: some FixedWidthInteger & UnsignedInteger) -> JSONItem { .integer(UInt64(value)) }

  /// The text of a value such as an address.
  static func text(_ value: some CustomStringConvertible) -> JSONItem { .string(value.description) }

  /// The value as text, without a final newline.
  /// - `levels`: the number of levels of arrays and objects that have a line for each element. Deeper levels are on one
  ///   line.
  func text(expanding levels: Int = 0) -> String {
    var text = ""
    write(to: &text, levels: levels, indentation: 0)
    return text
  }

  private func write(to text: inout String, levels: Int, indentation: Int) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .string(let value): Self.write(value, to: &text)
    case .array(let elements):
      Self.write(elements, "[", "]", to: &text, levels, indentation) { element, text in
        element.write(to: &text, levels: levels - 1, indentation: indentation + 1)
      }
    case .object(let members):
      Self.write(members, "{", "}", to: &text, levels, indentation) { member, text in
        Self.write(member.0, to: &text)
        text += ": "
        member.1.write(to: &text, levels: levels - 1, indentation: indentation + 1)
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
    text += "\""
  }
}
