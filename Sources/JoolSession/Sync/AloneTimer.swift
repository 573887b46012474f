/// How long a starting node has had no sign of a node with a table.
///
/// Only time in which the process ran counts. If it did not run for a second, the datagrams that other nodes sent
/// meanwhile still wait in the socket, or those nodes did not run either.
struct AloneTimer: Sendable {
  /// The interval at which the node checks.
  static let interval = TimeAmount.milliseconds(200)
  /// The most time that counts between two checks.
  static let attention = TimeAmount.milliseconds(300)

  /// When the last sign came, or the node started, moved forward by the time that does not count.
  private(set) var since: Instant
  private var lastLook: Instant

  init(now: Instant) { (since, lastLook) = (now, now) }

  /// Checks the time since the last check: `since` moves forward by the part that does not count.
  mutating func look(now: Instant) {
    let unheard = now - lastLook - Self.attention
    if unheard > .zero { since += unheard }
    lastLook = now
  }

  /// Notes a sign of a node with a table: the time starts again.
  mutating func end(now: Instant) { since = max(since, now) }
}
