/// A time span as the module counts it: whole milliseconds in 32 bits (49.7 days at most).
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// Whole milliseconds, as many as fit; 0 for what is negative.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
    let (sum, isStillTooLong) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    rawValue = UInt32(clamping: isTooLong || isStillTooLong ? (seconds < 0 ? 0 : Int64.max) : sum)
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var duration: Duration { .milliseconds(rawValue) }
}
