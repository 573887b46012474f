/// Decides when a table that differs from a peer's causes a pull, although nothing is known to be missing.
///
/// On a busy node the tables nearly always differ although nothing is wrong, because sessions expire some milliseconds
/// apart and updates are in flight. So a difference must last, and the pause after pulls that bring this node nothing
/// doubles. What a pull brings the peer does not count, because the peer pulls for itself.
struct AntiEntropy: Sendable {
  /// The time for which a difference must last before it causes a pull.
  static let delay = TimeAmount.seconds(1)
  static let shortestPause = TimeAmount.seconds(2)
  static let longestPause = TimeAmount.seconds(64)

  /// The comparison with one peer.
  private struct Watch: Sendable {
    /// The time since which the tables have differed; `nil` if they do not.
    var since: Instant?
    /// The earliest time of the next pull; `nil` before the first one.
    var next: Instant?
    var pause = AntiEntropy.shortestPause
  }

  private var watches: [Incarnation: Watch] = [:]

  /// Notes the comparison with the digest in a peer's hello.
  /// - `differs`: whether the peer's table differs although neither node is behind on the other.
  mutating func note(_ peer: Incarnation, differs: Bool, now: Instant) {
    if differs {
      watches[peer, default: Watch()].since = watches[peer]?.since ?? now
    } else {
      watches[peer]?.since = nil
    }
  }

  /// Whether it is time to pull from a peer.
  func isDue(_ peer: Incarnation, now: Instant) -> Bool {
    guard let watch = watches[peer], let since = watch.since, now - since >= Self.delay else { return false }
    return watch.next.map { $0 <= now } ?? true
  }

  /// Notes that a pull from a peer has ended, whatever its purpose was.
  /// - `brought`: the number of sessions that the pull brought, and that this node should have had before.
  mutating func ended(_ peer: Incarnation, brought: Int, now: Instant) {
    var watch = watches[peer] ?? Watch()
    watch.pause = brought > 0 || watch.next == nil ? Self.shortestPause : min(watch.pause * 2, Self.longestPause)
    watch.next = now + watch.pause
    watch.since = nil
    watches[peer] = watch
  }

  /// Forgets the peers for which `isThere` is false.
  mutating func keep(_ isThere: (Incarnation) -> Bool) { watches = watches.filter { isThere($0.key) } }
}
