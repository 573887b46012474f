/// Where versions come from: a hybrid logical clock (Kulkarni et al. 2014). It is the highest version that was said or heard, and
/// no less than the time of day in milliseconds. So what a node says that has just started, and has heard nobody, is later
/// than what was said before.
struct HybridClock: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// The highest version that was said or heard.
  private(set) var latest: UInt32
  private let start: Instant
  private let timeAtStart: UInt32

  /// - Parameter time: of day in milliseconds, modulo 2^32; the closer to the peers', the better.
  init(time: UInt32, now: Instant) {
    latest = time
    start = now
    timeAtStart = time
  }

  /// The version of what is said next.
  func next(now: Instant) -> UInt32 {
    let (seconds, attoseconds) = start.duration(to: now).components
    let elapsed = seconds &* 1000 &+ attoseconds / 1_000_000_000_000_000
    let time = timeAtStart &+ UInt32(truncatingIfNeeded: elapsed)
    return time.isLater(than: latest) ? time : latest &+ 1
  }

  /// A version was said or heard.
  mutating func note(_ version: UInt32) {
    if version.isLater(than: latest) { latest = version }
  }
}
