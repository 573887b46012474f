/// When a table that differs from a peer's is worth a pull, although nothing is known to be missing.
///
/// Sessions end some milliseconds apart, and updates are on their way: on a busy node the tables hardly ever are the
/// same, though nothing is wrong. So a difference must last, and pulls that bring this node nothing come less and less
/// often. What a pull brings the peer does not count: the peer pulls for itself.
struct AntiEntropy: Sendable {
  /// A difference must last for this long.
  static let patience = Duration.seconds(1)
  static let shortestPause = Duration.seconds(2)
  static let longestPause = Duration.seconds(64)

  private struct Watch: Sendable {
    /// Since when the tables have differed.
    var since: Instant?
    /// No pull begins before.
    var next: Instant?
    var pause = AntiEntropy.shortestPause
  }

  private var watches: [Incarnation: Watch] = [:]

  /// A peer's hello has come.
  /// - Parameter differs: whether its table differs, although both nodes are behind on nothing of each other.
  mutating func note(_ peer: Incarnation, differs: Bool, now: Instant) {
    if differs {
      watches[peer, default: Watch()].since = watches[peer]?.since ?? now
    } else {
      watches[peer]?.since = nil
    }
  }

  /// Whether it is time to pull from a peer.
  func isDue(_ peer: Incarnation, now: Instant) -> Bool {
    guard let watch = watches[peer], let since = watch.since, now - since >= Self.patience else { return false }
    return watch.next.map { $0 <= now } ?? true
  }

  /// A pull from a peer has ended, for whatever purpose it began.
  /// - Parameter brought: how many sessions it brought this node that it should have had before.
  mutating func ended(_ peer: Incarnation, brought: Int, now: Instant) {
    var watch = watches[peer] ?? Watch()
    watch.pause = brought > 0 || watch.next == nil ? Self.shortestPause : min(watch.pause * 2, Self.longestPause)
    watch.next = now + watch.pause
    watch.since = nil
    watches[peer] = watch
  }

  /// Keeps only peers that are there.
  mutating func keep(_ isThere: (Incarnation) -> Bool) { watches = watches.filter { isThere($0.key) } }
}
