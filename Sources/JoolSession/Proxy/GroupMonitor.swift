/// Decides when pool4 is read, and when the group's settings are compared.
struct GroupMonitor {
  static let interval = TimeAmount.seconds(30)
  /// The minimum interval between two comparisons, so that a peer cannot cause one per frame.
  static let pause = TimeAmount.seconds(10)
  /// The time of the next reading of pool4; `nil` if it is due at once.
  private var nextReading: Instant?
  private var inputs = SessionProxy.GroupInputs()
  private var nextLook: Instant?

  /// Whether pool4 should be read now.
  func isReadingDue(now: Instant) -> Bool { nextReading.map { $0 <= now } ?? true }

  /// Notes that pool4 was read, and schedules the next reading.
  ///
  /// A large pool4 takes long to read, so at most a hundredth of the time is spent on it.
  /// - `begin`: the time at which the reading began.
  mutating func haveRead(since begin: Instant, now: Instant) {
    nextReading = now + max(Self.interval, begin.duration(to: now) * 100)
  }

  /// Whether the settings must be compared again.
  ///
  /// At most once per `pause`.
  /// - Returns: whether the received settings, or the peers, differ from the last time.
  mutating func hasChanged(_ current: SessionProxy.GroupInputs, now: Instant) -> Bool {
    guard nextLook.map({ $0 <= now }) ?? true, current != inputs else { return false }
    inputs = current
    nextLook = now + Self.pause
    return true
  }
}
