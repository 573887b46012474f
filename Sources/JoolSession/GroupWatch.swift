/// When the settings that concern the group are looked at, and what was said about them.
struct GroupWatch {
  static let interval = Duration.seconds(30)
  /// What peers say of themselves, perhaps to keep us busy, is looked at no more often than this.
  static let pause = Duration.seconds(10)
  private(set) var nextReading: ContinuousClock.Instant = .now
  private var heard = 0
  private var nextLook: ContinuousClock.Instant = .now
  private var said: Set<String> = []

  /// A large pool4 takes long to read; at most a hundredth of the time goes into that.
  mutating func haveRead(since begin: ContinuousClock.Instant, now: ContinuousClock.Instant) {
    nextReading = now + max(Self.interval, begin.duration(to: now) * 100)
  }

  /// - Parameter count: of the news that peers told of their settings.
  /// - Returns: whether there is more than the last time.
  mutating func hasMore(_ count: Int, now: ContinuousClock.Instant) -> Bool {
    guard count != heard, now >= nextLook else { return false }
    heard = count
    nextLook = now + Self.pause
    return true
  }

  /// The findings that were not there the last time.
  mutating func news(in findings: [String]) -> [String] {
    defer { said = Set(findings) }
    return findings.filter { !said.contains($0) }
  }
}
