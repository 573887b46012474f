/// When a pull's next request is sent, and how long its source has been silent.
///
/// Requests are repeated while no frame arrives. The pause before each further one is twice as long, up to
/// `longestPause`.
struct RequestTimer: Sendable {
  /// The pause after which a request is repeated if no frame has arrived.
  static let firstPause = TimeAmount.milliseconds(100)
  static let longestPause = TimeAmount.milliseconds(3200)

  /// The time of the next request.
  private(set) var deadline: Instant
  /// The time of the last frame that belongs to the pull.
  ///
  /// At first, the time at which the pull began.
  private var lastFrame: Instant
  private var pause = RequestTimer.firstPause

  init(now: Instant) { (deadline, lastFrame) = (now, now) }

  func isDue(now: Instant) -> Bool { deadline <= now }

  func isSilent(for timeout: TimeAmount, now: Instant) -> Bool { now - lastFrame >= timeout }

  /// Whether no frame has arrived through all pauses.
  func isExhausted(now: Instant) -> Bool { pause > Self.longestPause && isDue(now: now) }

  /// Notes that a request is sent.
  ///
  /// Only one that is sent because no frame arrived makes the next pause longer.
  mutating func sent(now: Instant) {
    let isRepeated = isDue(now: now)
    deadline = now + min(pause, Self.longestPause)
    if isRepeated, pause <= Self.longestPause { pause *= 2 }
  }

  /// Notes a frame that belongs to the pull.
  mutating func received(now: Instant) {
    lastFrame = now
    pause = Self.firstPause
    deadline = now + Self.firstPause
  }

  /// Makes the next request due at once.
  mutating func expire(now: Instant) { deadline = now }
}
