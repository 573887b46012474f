/// A time span as the module counts it: whole milliseconds in 32 bits (49.7 days at most).
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// Whole milliseconds, as many as fit; 0 for what is negative.
  public init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    rawValue = UInt32(
      clamping: overflow ? (seconds < 0 ? 0 : Int64.max) : milliseconds + attoseconds / 1_000_000_000_000_000)
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var duration: Duration { .milliseconds(rawValue) }
}
