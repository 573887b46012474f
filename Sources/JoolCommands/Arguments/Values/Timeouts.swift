/// The text form of times on the command line: `[[HH:]MM:]SS[.mmm]`.
enum Timeouts {
  /// Reads a timeout. A bare number is seconds; no part is limited to 59; `.5` is half a second.
  ///
  /// - Returns: the timeout in milliseconds.
  static func parse(_ text: String) throws(ArgumentError) -> UInt32 {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    let isFractionOnly = halves.count == 2 && halves[0].isEmpty
    guard parts.count <= 3, isFractionOnly || parts.allSatisfy(isDigits) else { throw .notTimeout(text) }

    var seconds: UInt64 = 0
    for part in parts where !part.isEmpty {
      guard let value = UInt64(part) else { throw .integerTooLong(text) }
      let (product, overflow) = seconds.multipliedReportingOverflow(by: 60)
      let (sum, carry) = product.addingReportingOverflow(value)
      guard !overflow, !carry else { throw outOfBounds(text) }
      seconds = sum
    }
    let fraction = halves.count == 2 ? try milliseconds(halves[1], of: text) : 0
    let (total, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow, let result = UInt32(exactly: total), UInt32.max - result >= fraction else {
      throw outOfBounds(text)
    }
    return result + fraction
  }

  /// Writes hours without padding, and milliseconds only if there are any: `0:04:00`, `1:59:58.232`.
  static func text(milliseconds: UInt32) -> String {
    let seconds = milliseconds / 1000
    let clock = "\(seconds / 3600):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    return milliseconds % 1000 == 0 ? clock : clock + "." + padded(milliseconds % 1000, 3)
  }

  private static func padded(_ value: UInt32, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func milliseconds(_ digits: Substring, of text: String) throws(ArgumentError) -> UInt32 {
    guard !digits.isEmpty else { throw .emptyMilliseconds(text) }
    guard isDigits(digits) else { throw .notTimeout(text) }
    guard digits.dropFirst(3).allSatisfy({ $0 == "0" }) else { throw .finerThanMilliseconds(text) }
    let three = digits.prefix(3) + String(repeating: "0", count: max(0, 3 - digits.count))
    return UInt32(three) ?? 0
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }

  private static func outOfBounds(_ text: String) -> ArgumentError {
    .outOfBounds(text, least: "0", greatest: "4294967.295")
  }
}
