/// When the next pull begins.
struct PullSchedule: Sendable {
  /// Between the starts of two pulls.
  static let spacing = Duration.seconds(1)
  /// After a pull that brought nothing. The pause doubles with each further one.
  static let shortestPause = Duration.seconds(2)
  static let longestPause = Duration.seconds(64)
  /// The same if the pulls made losses good nevertheless: the next one may bring a session, and until then the node mends.
  static let longestCoveringPause = Duration.seconds(4)

  /// After a pull that brought something, the next one waits for as long as it took, but no longer than its frames can have taken:
  /// a small one that took long was waiting for a lossy network.
  static let frameTime = Duration.milliseconds(5)

  /// What came of a pull.
  enum Yield: Hashable, Sendable {
    /// Sessions.
    case sessions
    /// No session, but losses were made good: what was lost has ended, or came otherwise.
    case cover
    case nothing
  }

  /// Whom the last pull began with. Another source of the same rank comes first.
  private(set) var lastTried: Incarnation?
  /// No pull begins before, whatever it is for.
  private var next: Instant
  /// No pull for the same losses begins before.
  private var nextForLosses: Instant?
  private var pause = PullSchedule.shortestPause
  /// How many of the last pulls for `losses` made these good without a session.
  private var coverings = 0
  /// What the last pull was for.
  private var losses: [Incarnation] = []

  /// - Parameter first: no pull begins before.
  init(from first: Instant) { next = first }

  /// - Parameter losses: the nodes of whose updates some are lost; empty if the pull is for something else.
  /// - Returns: when a pull may begin.
  func start(for losses: [Incarnation]) -> Instant {
    guard !losses.isEmpty, losses == self.losses, let nextForLosses else { return next }
    return max(next, nextForLosses)
  }

  mutating func began(with peer: Incarnation, for losses: [Incarnation], now: Instant) {
    lastTried = peer
    if !losses.isEmpty, losses != self.losses {
      self.losses = losses
      (pause, nextForLosses, coverings) = (Self.shortestPause, nil, 0)
    }
    next = now + Self.spacing
  }

  /// The pull has come to its end.
  /// - Parameters:
  ///   - isForLosses: whether it was for `losses`.
  ///   - frames: how many frames of the source's table came.
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
