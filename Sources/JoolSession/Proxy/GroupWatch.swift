/// When the settings that concern the group are looked at, and what was said about them.
package struct GroupWatch {
  static let interval = Duration.seconds(30)
  /// The minimum interval between two comparisons, so that a peer cannot cause one per frame.
  static let pause = Duration.seconds(10)
  package private(set) var nextReading: Instant = .now
  private var inputs = SessionProxy.GroupInputs()
  private var nextLook: Instant = .now
  private var said: Set<String> = []

  package init() {}

  /// A large pool4 takes long to read; at most a hundredth of the time goes into that.
  package mutating func haveRead(since begin: Instant, now: Instant) {
    nextReading = now + max(Self.interval, begin.duration(to: now) * 100)
  }

  /// - Returns: whether the settings that were heard, or the peers, are others than the last time.
  package mutating func hasChanged(_ current: SessionProxy.GroupInputs, now: Instant) -> Bool {
    guard now >= nextLook, current != inputs else { return false }
    inputs = current
    nextLook = now + Self.pause
    return true
  }

  /// The findings that were not there the last time.
  package mutating func news(in findings: [String]) -> [String] {
    defer { said = Set(findings) }
    return findings.filter { !said.contains($0) }
  }
}
