/// When the settings that concern the group are looked at, and what was said about them.
struct GroupWatch {
  static let interval = Duration.seconds(30)
  private(set) var nextReading: ContinuousClock.Instant = .now
  private var said: Set<String> = []

  /// A large pool4 takes long to read; at most a thousandth of the time goes into that.
  mutating func haveRead(since begin: ContinuousClock.Instant, now: ContinuousClock.Instant) {
    nextReading = now + max(Self.interval, begin.duration(to: now) * 1000)
  }

  /// The findings that were not there the last time.
  mutating func news(in findings: [String]) -> [String] {
    defer { said = Set(findings) }
    return findings.filter { !said.contains($0) }
  }
}
