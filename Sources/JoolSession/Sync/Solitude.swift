/// For how long a starting node has heard of nobody with a table.
///
/// Only time in which the node listened counts. If its process did not run for a second, what others sent meanwhile still waits in
/// the socket, or they did not run either.
struct Solitude: Sendable {
  /// The node looks this often.
  static let interval = Duration.milliseconds(200)
  /// From one look to the next no more than this counts.
  static let attention = Duration.milliseconds(300)

  /// Since when, less the time in which it did not listen.
  private(set) var since: Instant
  private var lastLook: Instant

  init(now: Instant) { (since, lastLook) = (now, now) }

  /// Nothing of a table was heard since the last look.
  mutating func look(now: Instant) {
    let unheard = now - lastLook - Self.attention
    if unheard > .zero { since += unheard }
    lastLook = now
  }

  /// Somebody with a table is there.
  mutating func end(now: Instant) { since = max(since, now) }
}
