/// Decides when pool4 is read and when the group's settings are compared, and detects new findings.
package struct GroupMonitor {
  static let interval = Duration.seconds(30)
  /// The minimum interval between two comparisons, so that a peer cannot cause one per frame.
  static let pause = Duration.seconds(10)
  /// The time of the next reading of pool4.
  package private(set) var nextReading: Instant = .now
  private var inputs = SessionProxy.GroupInputs()
  private var nextLook: Instant = .now
  private var said: Set<String> = []

  /// Creates a watch for which pool4 is due to be read at once.
  package init() {}

  /// Notes that pool4 was read, and schedules the next reading.
  ///
  /// A large pool4 takes long to read, so at most a hundredth of the time is spent on it.
  /// - `begin`: the time at which the reading began.
  package mutating func haveRead(since begin: Instant, now: Instant) {
    nextReading = now + max(Self.interval, begin.duration(to: now) * 100)
  }

  /// Whether the settings must be compared again.
  ///
  /// At most once per `pause`.
  /// - Returns: whether the received settings, or the peers, differ from the last time.
  package mutating func hasChanged(_ current: SessionProxy.GroupInputs, now: Instant) -> Bool {
    guard now >= nextLook, current != inputs else { return false }
    inputs = current
    nextLook = now + Self.pause
    return true
  }

  /// The findings that the previous call did not contain.
  package mutating func news(in findings: [String]) -> [String] {
    defer { said = Set(findings) }
    return findings.filter { !said.contains($0) }
  }
}
