/// Decides whether a starting node is the group's first (docs/session-sync-protocol.md §8).
///
/// It is the first if it has had no sign of a node with a table for long enough. Then its own module's table becomes
/// the group's, once it is read.
struct Bootstrap: Sendable {
  /// What a starting node waits for before it is the first.
  enum Company: Hashable, Sendable {
    /// The hellos of nodes that may be there.
    case unknown
    /// The table of a starting node with a lower incarnation, which should be the first but may be unable to.
    case lowerStart
    /// A datagram of any of the peers whose addresses the administrator has stated.
    case silentPeers

    /// How long the node must have had no sign of a node with a table.
    var timeout: TimeAmount {
      switch self {
      // This is longer than the interval between two hellos, because nodes that do not hear this one do not answer its
      // hello.
      case .unknown: .milliseconds(1200)
      case .lowerStart: .seconds(5)
      // The way to an address may need neighbor discovery, which repeats a lost request after 1 s, in each direction.
      case .silentPeers: .seconds(3)
      }
    }
  }

  /// The time for a node that has kept its table: a mirror with a snapshot.
  ///
  /// It must be shorter than every `Company.timeout`, so that of all nodes that start together it is the first. A node
  /// with a table answers a starting one earlier than this.
  static let keptTimeout = TimeAmount.milliseconds(600)

  /// Whether the node has kept a table from before its start.
  var hasKeptTable = false
  /// Whether the node found that no peer has a table.
  private(set) var isFirst = false
  /// How long this node has had no sign of a node with a table.
  private var alone: AloneTimer
  /// Whether hellos showed at the last check that a node has a table.
  private var hadSign = false
  /// Whether the last node with a table had timed out at the last check, but not at the one before.
  private(set) var hasLostSign = false

  init(now: Instant) { alone = AloneTimer(now: now) }

  /// Checks the time without a sign of a node with a table.
  /// - `isPulling`: whether a pull is under way, which is such a sign.
  /// - `hasSignOfTable`: whether hellos show that a node has a table.
  /// - `company`: what the node waits for.
  /// - `isAuditing`: whether an audit is under way. The node stays the first meanwhile, because the audit would
  ///   otherwise be left half done.
  mutating func update(
    isPulling: Bool, hasSignOfTable: Bool, company: Company, isAuditing: Bool, now: Instant
  ) {
    (hasLostSign, hadSign) = (hadSign && !hasSignOfTable, hasSignOfTable)
    alone.look(now: now)
    if isPulling || hasSignOfTable { alone.end(now: now) }
    if hasSignOfTable, !isPulling, !isAuditing { isFirst = false }
    if !isPulling, due(in: company) <= now { isFirst = true }
  }

  /// Notes a sign of a node with a table.
  mutating func noteSign(now: Instant) { alone.end(now: now) }

  /// The time of the next check; `nil` if the node is the first.
  func deadline(in company: Company, now: Instant) -> Instant? {
    isFirst ? nil : min(due(in: company), now + AloneTimer.interval)
  }

  /// When this node is the first, if there is no sign of a node with a table until then.
  private func due(in company: Company) -> Instant {
    alone.since + (hasKeptTable ? Self.keptTimeout : company.timeout)
  }
}
