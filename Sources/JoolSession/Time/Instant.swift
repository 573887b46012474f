/// An instant of the machine's monotonic clock, which also counts while the machine sleeps.
///
/// `ContinuousClock.Instant` means the same, but the compiler does not know its size, so each copy and each comparison
/// of it is a call into the runtime. A turn of the event loop makes hundreds. This type is a plain number.
///
/// Instants more than 292 years from the clock's beginning are not possible. They become the latest, or the earliest,
/// one.
public struct Instant: InstantProtocol {
  /// The difference of two instants.
  public typealias Duration = TimeAmount

  /// The nanoseconds since the beginning of the machine's clock.
  private let nanoseconds: Int64

  private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The present instant, read from the clock.
  public static var now: Self {
    Self(nanoseconds: TimeAmount(ContinuousClock().systemEpoch.duration(to: .now)).nanoseconds)
  }

  /// The instant that is later by `amount`.
  public func advanced(by amount: TimeAmount) -> Self {
    Self(nanoseconds: nanoseconds.addingClamped(amount.nanoseconds))
  }

  /// The time from this instant to another one.
  ///
  /// Negative if that is earlier.
  public func duration(to other: Self) -> TimeAmount { other - self }

  /// Whether the left instant is earlier.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// The instant that is later by `amount`.
  public static func + (instant: Self, amount: TimeAmount) -> Self { instant.advanced(by: amount) }

  /// Moves an instant to one that is later by `amount`.
  public static func += (instant: inout Self, amount: TimeAmount) { instant = instant + amount }

  /// The instant that is earlier by `amount`.
  public static func - (instant: Self, amount: TimeAmount) -> Self {
    Self(nanoseconds: instant.nanoseconds.subtractingClamped(amount.nanoseconds))
  }

  /// The time from `start` to `end`.
  ///
  /// Negative if `end` is earlier.
  public static func - (end: Self, start: Self) -> TimeAmount {
    .nanoseconds(end.nanoseconds.subtractingClamped(start.nanoseconds))
  }
}
