/// A moment of the machine's monotonic clock, which goes on while the machine sleeps.
///
/// `ContinuousClock.Instant` is the same, but each copy and each comparison of it is a call into the runtime, which does not tell
/// the compiler its size; a turn of the event loop makes hundreds. This one is a number.
///
/// A moment more than 292 years away is as late, or as early, as one can be.
public struct Instant: InstantProtocol {
  public typealias Duration = Swift.Duration

  private static let attosecondsPerNanosecond: Int128 = 1_000_000_000

  /// Since the clock's beginning, which is that of the machine's.
  private let nanoseconds: Int64

  private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  public static var now: Self {
    Self(nanoseconds: 0).advanced(by: ContinuousClock().systemEpoch.duration(to: .now))
  }

  public func advanced(by duration: Duration) -> Self {
    let sum = Int128(nanoseconds) + duration.attoseconds / Self.attosecondsPerNanosecond
    return Self(nanoseconds: Int64(clamping: sum))
  }

  public func duration(to other: Self) -> Duration {
    Duration(attoseconds: (Int128(other.nanoseconds) - Int128(nanoseconds)) * Self.attosecondsPerNanosecond)
  }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  public static func + (instant: Self, duration: Duration) -> Self { instant.advanced(by: duration) }

  public static func += (instant: inout Self, duration: Duration) { instant = instant + duration }

  public static func - (instant: Self, duration: Duration) -> Self { instant.advanced(by: .zero - duration) }

  public static func - (end: Self, start: Self) -> Duration { start.duration(to: end) }
}
