/// Decides whether a starting node is the group's first (docs/session-sync-protocol.md §8).
///
/// It is the first if it has had no sign of a node with a table for long enough. Then its own module's table becomes
/// the group's, once it is read.
struct Bootstrap: Sendable {
  /// How long a starting node must have had no sign of a node with a table before it is the first.
  ///
  /// This is longer than the interval between two hellos, because nodes that do not hear this one do not answer its
  /// hello.
  static let aloneTimeout = TimeAmount.milliseconds(1200)
  /// The same time while a starting node with a lower incarnation is heard.
  ///
  /// That node should be the first, but it may be unable to.
  static let lowerStartTimeout = TimeAmount.seconds(5)

  /// The same time for a node that has kept its table: a mirror with a snapshot.
  ///
  /// It must be shorter than `aloneTimeout`, so that of all nodes that start together it is the first. A node with a
  /// table answers a starting one earlier than this.
  static let keptTimeout = TimeAmount.milliseconds(600)

  /// Whether the node has kept a table from before its start.
  var hasKeptTable = false
  /// Whether the node found that no peer has a table.
  private(set) var isFirst = false
  /// How long this node has had no sign of a node with a table.
  private var alone: AloneTimer

  init(now: Instant) { alone = AloneTimer(now: now) }

  /// Checks the time without a sign of a node with a table.
  /// - `isPulling`: whether a pull is under way, which is such a sign.
  /// - `hasSignOfTable`: whether hellos show that a node has a table.
  /// - `hasLowerStart`: whether a starting node with a lower incarnation is heard.
  /// - `isAuditing`: whether an audit is under way. The node stays the first meanwhile, because the audit would
  ///   otherwise be left half done.
  mutating func update(
    isPulling: Bool, hasSignOfTable: Bool, hasLowerStart: Bool, isAuditing: Bool, now: Instant
  ) {
    alone.look(now: now)
    guard !isPulling else { return alone.end(now: now) }
    if hasSignOfTable {
      alone.end(now: now)
      if !isAuditing { isFirst = false }
    }
    if due(hasLowerStart: hasLowerStart) <= now { isFirst = true }
  }

  /// Notes a sign of a node with a table.
  mutating func noteSign(now: Instant) { alone.end(now: now) }

  /// The time of the next check; `nil` if the node is the first.
  func deadline(hasLowerStart: Bool, now: Instant) -> Instant? {
    isFirst ? nil : min(due(hasLowerStart: hasLowerStart), now + AloneTimer.interval)
  }

  /// When this node is the first, if there is no sign of a node with a table until then.
  private func due(hasLowerStart: Bool) -> Instant {
    if hasKeptTable { return alone.since + Self.keptTimeout }
    return alone.since + (hasLowerStart ? Self.lowerStartTimeout : Self.aloneTimeout)
  }
}
