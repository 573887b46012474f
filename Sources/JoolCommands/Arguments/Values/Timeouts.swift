import JoolCore

/// The text form of times on the command line: `[[HH:]MM:]SS[.mmm]`.
enum Timeouts {
  /// Reads a timeout.
  ///
  /// A bare number is seconds; no part is limited to 59; `.5` is half a second.
  ///
  /// - Returns: the timeout in milliseconds.
  static func parse(_ text: String) throws(ArgumentError) -> UInt32 {
    guard let time = Milliseconds(text) else { throw fault(of: text) }
    return time.rawValue
  }

  /// Writes hours without padding, and milliseconds only if there are any: `0:04:00`, `1:59:58.232`.
  static func text(milliseconds: UInt32) -> String { Milliseconds(milliseconds).description }

  /// The reason why a text is no timeout.
  private static func fault(of text: String) -> ArgumentError {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(separator: ":", omittingEmptySubsequences: false)
    let isFractionOnly = halves.count == 2 && halves[0].isEmpty
    guard parts.count <= 3, isFractionOnly || parts.allSatisfy(isDigits) else { return .notTimeout(text) }
    guard isFractionOnly || parts.allSatisfy({ UInt64($0) != nil }) else { return .integerTooLong(text) }
    if halves.count == 2 {
      guard !halves[1].isEmpty else { return .emptyMilliseconds(text) }
      guard isDigits(halves[1]) else { return .notTimeout(text) }
      guard halves[1].dropFirst(3).allSatisfy({ $0 == "0" }) else { return .finerThanMilliseconds(text) }
    }
    return .outOfBounds(text, least: "0", greatest: "4294967.295")
  }

  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 }
  }
}
