/// An instant of the machine's monotonic clock, which also counts while the machine sleeps.
///
/// `ContinuousClock.Instant` means the same, but the compiler does not know its size, so each copy and each comparison
/// of it is a call into the runtime. A turn of the event loop makes hundreds. This type is a plain number.
///
/// Instants more than 292 years from the clock's beginning are not possible. They become the latest, or the earliest,
/// one.
public struct Instant: InstantProtocol {
  /// The difference of two instants.
  public typealias Duration = Swift.Duration

  private static let attosecondsPerNanosecond: Int128 = 1_000_000_000

  /// The nanoseconds since the beginning of the machine's clock.
  private let nanoseconds: Int64

  private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The present instant, read from the clock.
  public static var now: Self {
    Self(nanoseconds: 0).advanced(by: ContinuousClock().systemEpoch.duration(to: .now))
  }

  /// The instant that is later by `duration`, which is rounded towards zero to nanoseconds.
  public func advanced(by duration: Duration) -> Self {
    let sum = Int128(nanoseconds) + duration.attoseconds / Self.attosecondsPerNanosecond
    return Self(nanoseconds: Int64(clamping: sum))
  }

  /// The time from this instant to another one.
  ///
  /// Negative if that is earlier.
  public func duration(to other: Self) -> Duration {
    Duration(attoseconds: (Int128(other.nanoseconds) - Int128(nanoseconds)) * Self.attosecondsPerNanosecond)
  }

  /// Whether the left instant is earlier.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The instant that is later by `duration`.
  public static func + (instant: Self, duration: Duration) -> Self { instant.advanced(by: duration) }

  /// Moves an instant to one that is later by `duration`.
  public static func += (instant: inout Self, duration: Duration) { instant = instant + duration }

  /// The instant that is earlier by `duration`.
  public static func - (instant: Self, duration: Duration) -> Self { instant.advanced(by: .zero - duration) }

  /// The time from `start` to `end`.
  ///
  /// Negative if `end` is earlier.
  public static func - (end: Self, start: Self) -> Duration { start.duration(to: end) }
}
