internal import JoolCore

/// The times of a node's hellos, and their number.
///
/// Hellos are regular, and a change that peers wait for is advertised soon. Two such hellos are at least `pause` apart.
struct HelloSchedule: Sendable {
  /// The interval between two regular hellos; up to 100 ms are added at random.
  static let interval = TimeAmount.seconds(1)
  /// The longest delay of the hello after an update, so that the loss of the last update is noticed soon.
  ///
  /// It is also the minimum interval between hellos that announce a change.
  static let pause = TimeAmount.milliseconds(50)

  /// The number of hellos that were sent.
  private(set) var number: UInt32 = 0
  /// The time of the last regular hello.
  private(set) var last: Instant?
  /// The time of the next hello.
  private(set) var next: Instant
  /// Whether something has changed that a hello should advertise as soon as `now` is known.
  private var isRequested = false

  init(now: Instant) { next = now }

  /// Requests a hello soon, without knowing the time.
  mutating func request() { isRequested = true }

  /// Schedules a hello soon, because peers wait for what has changed.
  mutating func scheduleSoon(now: Instant) {
    isRequested = false
    schedule(before: max(now, last.map { $0 + Self.pause } ?? now))
  }

  /// Schedules a hello at `time`, unless one is due before.
  mutating func schedule(before time: Instant) { next = min(next, time) }

  /// Whether a hello is due.
  mutating func isDue(now: Instant) -> Bool {
    if isRequested { scheduleSoon(now: now) }
    return now >= next
  }

  /// Notes a regular hello, and schedules the next one.
  mutating func sent(now: Instant, jitter: TimeAmount) {
    number &+= 1
    last = now
    next = now + Self.interval + jitter
  }

  /// Notes the last hello of a process that ends.
  mutating func sentLast() { number &+= 1 }
}
