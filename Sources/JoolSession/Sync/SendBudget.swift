/// How many frames may leave because peers ask for them: tables, repeated updates, repairs. What is news does not wait for it.
///
/// Whoever asks, and however much for, all of it together leaves in bursts that the receivers' buffers hold.
struct SendBudget: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Frames per `interval`, and how many may leave at once after a pause.
  struct Pace: Hashable, Sendable {
    var frames: Int
    var burst: Int

    /// Tables and repairs beside a C proxy that was heard. C proxies are sent every frame of the group. Their receive buffer has
    /// 208 KB by default, which is 92 full frames with the kernel's overhead, and they hand each to their module before they
    /// read the next. 200 frames per second.
    static let gentle = Pace(frames: 1, burst: 8)
    /// Tables and repairs in `auto` without a known C proxy: a silent one may be there. 1,600 per second.
    static let cautious = Pace(frames: 8, burst: 32)
    /// Repeated updates in `auto`: a network that loses much needs them soon. 3,200 per second.
    static let moderate = Pace(frames: 16, burst: 64)
    /// In a group of our kind: receive buffers hold 14,000 frames. 12,800 per second.
    static let brisk = Pace(frames: 64, burst: 256)
  }

  static let interval = Duration.milliseconds(5)

  var pace = Pace.brisk
  private var left = 0
  /// When `left` was reckoned; `nil` before the first time.
  private var since: Instant?

  /// When there is room for more frames: perhaps in the past. `nil` before the first was taken.
  var nextRoom: Instant? { since.map { left > 0 ? $0 : $0 + Self.interval } }

  /// How many frames may leave now.
  mutating func room(now: Instant) -> Int {
    refill(now: now)
    return left
  }

  /// Takes as many as there is room for, `wanted` at most.
  mutating func take(_ wanted: Int, now: Instant) -> Int {
    refill(now: now)
    let taken = min(wanted, left)
    left -= taken
    return taken
  }

  private mutating func refill(now: Instant) {
    guard let since else {
      (left, self.since) = (pace.burst, now)
      return
    }
    let intervals = since.duration(to: now) / Self.interval
    guard intervals >= 1 else { return }
    guard intervals < Double(pace.burst) else {
      (left, self.since) = (pace.burst, now)
      return
    }
    left = min(pace.burst, left + pace.frames * Int(intervals))
    self.since = since + Self.interval * Int(intervals)
  }
}
