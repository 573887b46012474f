internal import JoolCore

/// The time at which a snapshot is taken or loaded, by two clocks.
///
/// The time since the machine's start is exact, but ends with the machine. The time of day outlives it, but may be set.
public struct SnapshotMoment: Hashable, Sendable {
  /// The time of day in milliseconds since 1970.
  public var timeOfDay: UInt64
  /// The milliseconds since the machine's start, in which time spent asleep counts.
  public var sinceStart: UInt64
  /// A number that no other start of any machine has; 0 if it is not known.
  public var start: UInt128

  /// Creates a moment from the readings of both clocks.
  public init(timeOfDay: UInt64, sinceStart: UInt64, start: UInt128) {
    self.timeOfDay = timeOfDay
    self.sinceStart = sinceStart
    self.start = start
  }

  /// The time from one moment to another.
  public enum Elapsed: Hashable, Sendable {
    /// The milliseconds that have passed.
    case known(UInt64)
    /// The time of day is earlier than at the first moment, so it is not known how much time has passed. Then none
    /// counts.
    case clockIsBehind

    /// The milliseconds that count as passed.
    public var milliseconds: UInt64 {
      if case .known(let milliseconds) = self { milliseconds } else { 0 }
    }
  }

  /// The time from this moment to a later one.
  ///
  /// Within one start of the machine, the time of day does not matter.
  public func elapsed(to later: SnapshotMoment) -> Elapsed {
    if start != 0, start == later.start, later.sinceStart >= sinceStart { return .known(later.sinceStart - sinceStart) }
    return later.timeOfDay >= timeOfDay ? .known(later.timeOfDay - timeOfDay) : .clockIsBehind
  }
}
