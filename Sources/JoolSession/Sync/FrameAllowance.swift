/// A token bucket that limits how many frames are sent, by a pace.
struct FrameAllowance: Sendable {
  var pace = SendPace.brisk
  private var left = 0
  /// The time of the last refill of `left`; `nil` before the first one.
  private var since: Instant?

  /// The time from which a frame may be sent, perhaps in the past; `nil` before the first refill.
  var nextRoom: Instant? { since.map { left > 0 ? $0 : $0 + SendPace.interval } }

  /// The number of frames that may be sent now.
  mutating func room(now: Instant) -> Int {
    refill(now: now)
    return left
  }

  /// Takes as many frames as may be sent now, at most `wanted`.
  /// - Returns: the number of frames that were taken.
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
