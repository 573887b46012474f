/// A value whose text form is ASCII of limited size, and can be written into memory of the caller's.
///
/// Tables have millions of such values. A `String` of each would cost more than everything else that a display does.
package protocol TextForm: CustomStringConvertible {
  /// The size of the longest text in bytes.
  static var textCapacity: Int { get }

  /// Appends the text.
  ///
  /// The program ends if `text` has less room than that.
  func write(to text: inout OutputSpan<UInt8>)
}

extension TextForm {
  /// The text form, for `description`.
  var text: String {
    String(unsafeUninitializedCapacity: Self.textCapacity) { memory in
      var text = OutputSpan(buffer: memory, initializedCount: 0)
      write(to: &text)
      return text.finalize(for: memory)
    }
  }
}

extension OutputSpan<UInt8> {
  /// Appends a text of the program.
  package mutating func write(_ text: StaticString) {
    for byte in UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount) { append(byte) }
  }

  /// Appends a number in decimal, with zeros on the left up to that many digits.
  mutating func write(decimal number: UInt32, digits: Int = 1) {
    if digits > 1 || number >= 10 { write(decimal: number / 10, digits: digits - 1) }
    append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  /// Appends a number in hexadecimal, in lower case.
  mutating func write(hexadecimal number: UInt16) {
    if number >= 0x1000 { write(hexadecimalDigit: number >> 12) }
    if number >= 0x100 { write(hexadecimalDigit: number >> 8 & 0xF) }
    if number >= 0x10 { write(hexadecimalDigit: number >> 4 & 0xF) }
    write(hexadecimalDigit: number & 0xF)
  }

  private mutating func write(hexadecimalDigit digit: UInt16) {
    append(UInt8(truncatingIfNeeded: digit) + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
  }
}

extension UInt32: TextForm {
  /// The size of `4294967295`.
  package static var textCapacity: Int { 10 }

  /// Appends the number in decimal.
  package func write(to text: inout OutputSpan<UInt8>) { text.write(decimal: self) }
}

extension UInt16: TextForm {
  /// The size of `65535`.
  package static var textCapacity: Int { 5 }

  /// Appends the number in decimal.
  package func write(to text: inout OutputSpan<UInt8>) { text.write(decimal: UInt32(self)) }
}
