/// A time span as the module counts it: whole milliseconds in 32 bits (49.7 days at most).
///
/// The text form is that of Jool's command line and files: `[[HH:]MM:]SS[.mmm]`.
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable, LosslessStringConvertible, Codable {
  /// The number of milliseconds.
  public let rawValue: UInt32

  /// Creates a time span from a number of milliseconds.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Creates a time span from a number of milliseconds.
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// Converts a duration: whole milliseconds, at most `UInt32.max`, and 0 if it is negative.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, isStillTooLong) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    rawValue = UInt32(clamping: isTooLong || isStillTooLong ? (seconds < 0 ? 0 : Int64.max) : sum)
  }

  /// Whether `left` is shorter than `right`.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// Decodes the text form.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, if the text has another form.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeText { Self($0) } }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }

  /// The time span as a `Duration`.
  public var duration: Duration { .milliseconds(rawValue) }
}

extension Milliseconds {
  /// Parses `[[HH:]MM:]SS[.mmm]`: a bare number is seconds, no part is limited to 59, and `.5` is half a second.
  ///
  /// `nil` for any other text, for a time that is finer than milliseconds, and for more than `UInt32.max` milliseconds.
  public init?(_ text: some StringProtocol) {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let clock = halves.first, let fraction = halves.count == 2 ? Self.fraction(halves[1]) : 0 else { return nil }
    var seconds: UInt64 = 0
    let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 3 else { return nil }
    if !clock.isEmpty || halves.count == 1 {
      for part in parts {
        // With more hours than these the product would not fit; it would not fit 32 bits of milliseconds either.
        guard let value = UInt32(digits: part), seconds <= UInt64(UInt32.max) else { return nil }
        seconds = seconds * 60 + UInt64(value)
      }
    }
    guard let milliseconds = UInt32(exactly: seconds * 1000 + UInt64(fraction)) else { return nil }
    self.init(milliseconds)
  }

  /// The text form, with hours that are not padded and with milliseconds only if there are any: `0:04:00`,
  /// `1:59:58.232`.
  public var description: String { text }

  /// The milliseconds of the digits after the decimal point.
  ///
  /// Digits after the third one must be zeros.
  private static func fraction(_ digits: some StringProtocol) -> UInt32? {
    guard let value = UInt32(digits: digits.prefix(3)), digits.dropFirst(3).allSatisfy({ $0 == "0" }) else {
      return nil
    }
    return [100, 10, 1][min(digits.count, 3) - 1] * value
  }
}

extension Milliseconds: TextForm {
  /// The size of `1193:02:47.295`.
  package static var textCapacity: Int { 14 }

  /// Appends the text form.
  package func write(to text: inout OutputSpan<UInt8>) {
    let (seconds, milliseconds) = rawValue.quotientAndRemainder(dividingBy: 1000)
    text.write(decimal: seconds / 3600)
    text.append(UInt8(ascii: ":"))
    text.write(decimal: seconds / 60 % 60, digits: 2)
    text.append(UInt8(ascii: ":"))
    text.write(decimal: seconds % 60, digits: 2)
    guard milliseconds > 0 else { return }
    text.append(UInt8(ascii: "."))
    text.write(decimal: milliseconds, digits: 3)
  }
}
