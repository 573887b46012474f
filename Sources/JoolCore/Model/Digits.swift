extension FixedWidthInteger where Self: UnsignedInteger {
  /// Parses decimal digits and nothing else.
  ///
  /// `nil` for an empty text, a sign, any other character, and for a number that does not fit.
  package init?(digits: some StringProtocol) {
    // The standard library's parser accepts a sign.
    guard digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    self.init(digits, radix: 10)
  }
}
