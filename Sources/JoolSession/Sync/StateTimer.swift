/// When a node derives its state anew, and all that follows from it: after a change, and at the state's deadlines.
struct StateTimer: Sendable {
  /// The longest delay after a change that is not urgent.
  static let pause = TimeAmount.milliseconds(50)

  /// The time of the next update; it may be in the past.
  private(set) var deadline: Instant
  /// A time in the past.
  private let start: Instant

  init(now: Instant) { (deadline, start) = (now, now) }

  /// Whether an update was requested, so that it is due before everything else.
  var isRequested: Bool { deadline == start }

  func isDue(now: Instant) -> Bool { deadline <= now }

  /// Requests an update as soon as the time is known.
  mutating func request() { deadline = start }

  /// Requests an update after a change that is not urgent.
  mutating func requestSoon(now: Instant) { deadline = min(deadline, now + Self.pause) }

  /// Notes that the state was updated.
  /// - `next`: the time of the next update. It is postponed by `pause` if it is not in the future.
  mutating func updated(next: Instant, now: Instant) { deadline = next > now ? next : now + Self.pause }
}
