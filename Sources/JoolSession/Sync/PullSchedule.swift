/// When the next pull begins.
struct PullSchedule: Sendable {
  /// Between the starts of two pulls.
  static let spacing = Duration.seconds(1)
  /// After a pull that brought nothing. The pause doubles with each further one.
  static let shortestPause = Duration.seconds(2)
  static let longestPause = Duration.seconds(64)

  /// Whom the last pull began with. Another source of the same rank comes first.
  private(set) var lastTried: Incarnation?
  /// No pull begins before, whatever it is for.
  private var next: Instant
  /// No pull for the same losses begins before.
  private var nextForLosses: Instant?
  private var pause = PullSchedule.shortestPause
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
      (pause, nextForLosses) = (Self.shortestPause, nil)
    }
    next = now + Self.spacing
  }

  /// The pull has come to its end.
  /// - Parameters:
  ///   - isInVain: it brought nothing: no session, and no loss was made good.
  ///   - isForLosses: whether that was what it was for.
  mutating func ended(isInVain: Bool, isForLosses: Bool, began: Instant, now: Instant) {
    next = max(began + Self.spacing, isInVain ? now : now + (now - began))
    guard isForLosses else { return }
    if isInVain {
      nextForLosses = now + pause
      pause = min(pause * 2, Self.longestPause)
    } else {
      (pause, nextForLosses) = (Self.shortestPause, nil)
    }
  }
}
