internal import JoolCore

/// What a mirror has in place of a module.
struct MirrorState: Sendable {
  /// What the administrator has stated.
  let settings: MirrorSettings
  /// The pool6 and timeouts of the first hello that was received while pool6 was not known.
  var found: (pool6: IPv6Prefix, limits: SessionLimits)?
  /// Whether sessions of C proxies were dropped, because pool6 is not known.
  var hasMissedLegacy = false
  /// The last known pool4 of the NAT64s, and whether it has more ranges.
  var pool4: (ranges: [MaskRange], isCut: Bool) = ([], false)
  /// The time since which all peers have another pool6; `nil` if one has this node's, or if there is none.
  private var strangeSince: Instant?
  /// The table that is being sent to C proxies.
  var advertisement: MirrorAdvertisement?

  /// The time for which all peers must have another pool6 before the mirror takes it.
  static let strangeTimeout = TimeAmount.seconds(10)

  init(_ settings: MirrorSettings) {
    self.settings = settings
    pool4.ranges = MaskRange.merging(settings.pool4.map { $0.map { MaskRange($0) } } ?? [])
  }

  /// The pool6 to use from now on: the administrator's, else the one in use while a peer has it.
  /// - `own`: the one in use.
  /// - `peers`: those of the peers that have not timed out, in ascending order of the peers' incarnations.
  mutating func pool6(own: IPv6Prefix, peers: [IPv6Prefix], now: Instant) -> IPv6Prefix {
    guard settings.pool6 == nil, let other = peers.first, !peers.contains(own) else {
      strangeSince = nil
      return settings.pool6 ?? own
    }
    let since = strangeSince ?? now
    strangeSince = since
    guard now - since >= Self.strangeTimeout else { return own }
    strangeSince = nil
    return other
  }
}

/// A table on its way from a mirror to C proxies.
struct MirrorAdvertisement: Sendable {
  private let order: SessionOrder
  private var position = 0
  /// The earliest time of the next burst.
  private(set) var deadline: Instant

  init(_ order: SessionOrder, now: Instant) { (self.order, deadline) = (order, now) }

  var count: Int { order.count }

  var isFinished: Bool { position == order.count }

  /// Takes the next sessions if they are due, with the times left that they have now.
  mutating func nextBurst(from table: SessionTable, now: Instant) -> [SessionEntry] {
    guard now >= deadline else { return [] }
    deadline = now + TableTransfer.pause
    let end = min(position + TableTransfer.sessionsPerBurst, order.count)
    defer { position = end }
    return order[position..<end].compactMap { table.session(at: $0, now: now)?.entry }
  }
}
