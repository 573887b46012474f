/// The bytes of hexadecimal text.
///
/// Blanks and line feeds are ignored, and `#` starts a comment.
public func bytes(hex text: String) -> [UInt8] {
  let digits = text.split(separator: "\n").flatMap { $0.prefix { $0 != "#" } }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
