/// Decides when the next pull may begin.
struct PullSchedule: Sendable {
  /// The least time between the starts of two pulls.
  static let spacing = TimeAmount.seconds(1)
  /// The pause after a pull for losses that brought nothing.
  ///
  /// It doubles with each further pull for the same losses, up to `longestPause`.
  static let shortestPause = TimeAmount.seconds(2)
  static let longestPause = TimeAmount.seconds(64)
  /// The longest time between the starts of two pulls that make the same losses good but bring no session.
  ///
  /// It is short, because the next pull may bring a session, and the node is mending until then.
  static let longestCoveringPause = TimeAmount.seconds(4)

  /// The limit on the pause after a pull that brought something, per frame of that pull.
  ///
  /// Up to this limit, the next pull waits for as long as that one took. A small pull that took long was only waiting
  /// for a lossy network, so it does not delay the next one for as long.
  static let frameTime = TimeAmount.milliseconds(5)

  /// The result of a pull.
  enum Yield: Hashable, Sendable {
    /// The pull brought sessions.
    case sessions
    /// The pull brought no session, but made losses good: the lost sessions have expired, or have arrived otherwise.
    case cover
    case nothing
  }

  /// The source of the last pull.
  ///
  /// Another source of the same rank is preferred.
  private(set) var lastTried: Incarnation?
  /// The earliest time of the next pull, whatever its purpose is.
  private var next: Instant
  /// The earliest time of the next pull for the same losses.
  private var nextForLosses: Instant?
  private var pause = PullSchedule.shortestPause
  /// The number of pulls for `losses` that made these good without a session, since one that brought sessions.
  private var coverings = 0
  /// The incarnations with lost updates that the last pull for losses was for.
  private var losses: [Incarnation] = []

  /// Makes a schedule without a failed pull.
  ///
  /// - Parameter first: the earliest time of the first pull.
  init(from first: Instant) { next = first }

  /// The earliest time at which a pull may begin.
  /// - `losses`: the incarnations of which updates are lost; empty if the pull has another purpose.
  func start(for losses: [Incarnation]) -> Instant {
    guard !losses.isEmpty, losses == self.losses, let nextForLosses else { return next }
    return max(next, nextForLosses)
  }

  /// Notes the start of a pull.
  mutating func began(with peer: Incarnation, for losses: [Incarnation], now: Instant) {
    lastTried = peer
    if !losses.isEmpty, losses != self.losses {
      self.losses = losses
      (pause, nextForLosses, coverings) = (Self.shortestPause, nil, 0)
    }
    next = now + Self.spacing
  }

  /// Notes the end of a pull.
  /// - `isForLosses`: whether the pull was for `losses`.
  /// - `frames`: the number of frames of the source's table that were received.
  /// - `began`: the time at which the pull began.
  mutating func ended(_ yield: Yield, isForLosses: Bool, frames: Int, began: Instant, now: Instant) {
    let rest = yield == .nothing ? .zero : min(now - began, Self.frameTime * frames)
    next = max(began + Self.spacing, now + rest)
    guard isForLosses else { return }
    switch yield {
    case .sessions: (pause, nextForLosses, coverings) = (Self.shortestPause, nil, 0)
    case .cover:
      coverings += 1
      let longer = Self.spacing * (1 << min(coverings - 1, 8))
      (pause, nextForLosses) = (Self.shortestPause, began + min(longer, Self.longestCoveringPause))
    case .nothing:
      nextForLosses = now + pause
      pause = min(pause * 2, Self.longestPause)
    }
  }
}
