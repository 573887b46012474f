/// A time span as the module counts it: whole milliseconds in 32 bits (49.7 days at most).
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable {
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

  /// The time span as a `Duration`.
  public var duration: Duration { .milliseconds(rawValue) }
}
