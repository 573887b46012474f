/// How many frames may leave now, at a pace.
struct FrameAllowance: Sendable {
  var pace = SendPace.brisk
  private var left = 0
  /// When `left` was reckoned; `nil` before the first time.
  private var since: Instant?

  /// When there is room for more frames: perhaps in the past. `nil` before the first was taken.
  var nextRoom: Instant? { since.map { left > 0 ? $0 : $0 + SendPace.interval } }

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
    let intervals = since.duration(to: now) / SendPace.interval
    guard intervals >= 1 else { return }
    guard intervals < Double(pace.burst) else {
      (left, self.since) = (pace.burst, now)
      return
    }
    left = min(pace.burst, left + pace.frames * Int(intervals))
    self.since = since + SendPace.interval * Int(intervals)
  }
}
