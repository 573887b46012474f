import Glibc

/// Reads JSON as leniently as the C programs do, and records the positions of keys and values.
///
/// Text after the first value is ignored, unless `isWhole` is set. Control characters count as blanks. A string without
/// its closing quote extends to the end of the text. An unknown escape is the escaped character. Numbers may lack
/// digits. The words `null`, `true` and `false` may be followed by other letters. A zero byte ends the text. Any other
/// invalid input causes a `JSONSyntaxError`, and no other error.
struct JSONReader {
  /// The greatest number of nested arrays and objects.
  static let depthLimit = 100

  /// The greatest number of bytes that an error quotes.
  static let excerptLimit = 200

  private let bytes: [UInt8]
  private var offset = 0
  private var line = 1
  private var lineStart = 0

  /// Reads the first value of the text.
  /// - `isWhole`: whether only blanks may follow the value.
  static func read(_ bytes: [UInt8], isWhole: Bool = false) throws(JSONSyntaxError) -> JSONValue {
    var reader = JSONReader(bytes)
    let value = try reader.value(depth: 0)
    reader.skipBlanks()
    guard !isWhole || reader.current == nil else { throw reader.failure(.expectedEnd) }
    return value
  }

  private init(_ bytes: [UInt8]) {
    self.bytes = Array(bytes.prefix { $0 != 0 })
    if self.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }
  private var position: TextPosition {
    TextPosition(line: UInt32(clamping: line), column: UInt32(clamping: offset - lineStart + 1))
  }

  private mutating func advance() {
    if current == UInt8(ascii: "\n") {
      line += 1
      lineStart = offset + 1
    }
    offset += 1
  }

  private mutating func skipBlanks() {
    while let byte = current, byte <= 0x20 { advance() }
  }

  /// Skips blanks, and then the character if it is next.
  ///
  /// - Returns: whether the character was next.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard current == UInt8(ascii: character) else { return false }
    advance()
    return true
  }

  private func failure(_ reason: JSONSyntaxError.Reason) -> JSONSyntaxError {
    let beginsComment = current == UInt8(ascii: "/") || current == UInt8(ascii: "#")
    let reason = beginsComment ? .comment : reason
    let rest = bytes[min(offset, bytes.count)...].prefix(Self.excerptLimit)
    return JSONSyntaxError(reason: reason, position: position, excerpt: String(decoding: rest, as: UTF8.self))
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    skipBlanks()
    guard depth < Self.depthLimit else { throw failure(.nestedTooDeeply(limit: Self.depthLimit)) }
    let start = position
    return JSONValue(content: try content(depth: depth), position: start)
  }

  private mutating func content(depth: Int) throws(JSONSyntaxError) -> JSONValue.Content {
    switch current {
    case UInt8(ascii: "{"): return .object(try members(depth: depth))
    case UInt8(ascii: "["): return .array(try elements(depth: depth))
    case UInt8(ascii: "\""): return .string(string())
    case UInt8(ascii: "-"), .some(0x30...0x39): return .number(number())
    default:
      if takeWord("null") { return .null }
      if takeWord("true") { return .boolean(true) }
      if takeWord("false") { return .boolean(false) }
      throw failure(.expectedValue)
    }
  }

  private mutating func members(depth: Int) throws(JSONSyntaxError) -> [JSONMember] {
    advance()
    var members: [JSONMember] = []
    if take("}") { return members }
    repeat {
      skipBlanks()
      let keyPosition = position
      guard current == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
      let key = string()
      guard take(":") else { throw failure(.expectedColon) }
      members.append(JSONMember(key: key, keyPosition: keyPosition, value: try value(depth: depth + 1)))
    } while take(",")
    guard take("}") else { throw failure(.expectedCommaOrEnd(closing: "}")) }
    return members
  }

  private mutating func elements(depth: Int) throws(JSONSyntaxError) -> [JSONValue] {
    advance()
    var elements: [JSONValue] = []
    if take("]") { return elements }
    repeat { elements.append(try value(depth: depth + 1)) } while take(",")
    guard take("]") else { throw failure(.expectedCommaOrEnd(closing: "]")) }
    return elements
  }

  private mutating func takeWord(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard offset + length <= bytes.count else { return false }
    let matches = word.withUTF8Buffer { bytes[offset..<(offset + length)].elementsEqual($0) }
    if matches { offset += length }
    return matches
  }

  /// Reads a sign, digits, a fraction and an exponent, each of which may be missing.
  private mutating func number() -> String {
    let start = offset
    if current == UInt8(ascii: "-") { advance() }
    skipDigits()
    if current == UInt8(ascii: "."), offset + 1 < bytes.count, 0x30...0x39 ~= bytes[offset + 1] {
      advance()
      skipDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      advance()
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { advance() }
      skipDigits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func skipDigits() {
    while let byte = current, 0x30...0x39 ~= byte { advance() }
  }

  private mutating func string() -> String {
    advance()
    var text: [UInt8] = []
    while let byte = current, byte != UInt8(ascii: "\"") {
      advance()
      guard byte == UInt8(ascii: "\\"), let escaped = current else {
        text.append(byte)
        continue
      }
      advance()
      switch escaped {
      case UInt8(ascii: "b"): text.append(0x08)
      case UInt8(ascii: "f"): text.append(0x0C)
      case UInt8(ascii: "n"): text.append(0x0A)
      case UInt8(ascii: "r"): text.append(0x0D)
      case UInt8(ascii: "t"): text.append(0x09)
      case UInt8(ascii: "u"): text += unicodeEscape()
      default: text.append(escaped)
      }
    }
    if current != nil { advance() }
    return String(decoding: text, as: UTF8.self)
  }

  /// The UTF-8 bytes of the character `\uXXXX`, or of a surrogate pair of two such escapes.
  ///
  /// Empty if there is no such character.
  private mutating func unicodeEscape() -> [UInt8] {
    guard let first = hexadecimal() else { return [] }
    var scalar = first
    if 0xD800...0xDBFF ~= first, bytes[offset...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
      offset += 2
      guard let second = hexadecimal(), 0xDC00...0xDFFF ~= second else { return [] }
      scalar = 0x10000 + ((first & 0x3FF) << 10 | second & 0x3FF)
    }
    guard scalar != 0, let character = Unicode.Scalar(scalar) else { return [] }
    return Array(String(character).utf8)
  }

  private mutating func hexadecimal() -> UInt32? {
    guard offset + 4 <= bytes.count else { return nil }
    let digits = bytes[offset..<(offset + 4)]
    guard digits.allSatisfy({ isxdigit(Int32($0)) != 0 }) else { return nil }
    offset += 4
    return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}
