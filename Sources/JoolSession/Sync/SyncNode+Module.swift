internal import JoolCore

/// What the own module has, and what it is told.
extension SyncNode {
  /// The table has taken over somebody else's word about a session.
  /// - Parameter rivals: the BIB entries that left the table for it. The module may have them.
  mutating func tellModule(_ session: SessionEntry, rivals: [BIBEntry] = [], now: Instant) {
    guard feed.isOpen, let row = table.row(like: session) else { return }
    settled?.insert(row)
    guard !rivals.isEmpty else { return feed.agree(row, now: now) }
    feed.agree(evicting: rivals, by: [session.bibEntry], now: now)
  }

  /// The table has taken over a peer's word about the session in `row`, which nothing contradicted.
  mutating func tellModule(_ row: UInt32, now: Instant) {
    guard feed.isOpen else { return }
    settled?.insert(row)
    feed.agree(row, now: now)
  }

  /// The module itself has said so: an audit that is under way need not compare what was read before.
  mutating func moduleHas(_ session: SessionEntry) {
    guard settled != nil, let row = table.row(like: session) else { return }
    settled?.insert(row)
  }

  /// What the module has is older than what the table has in its place.
  mutating func giveWay(_ session: SessionEntry, now: Instant) {
    let winners = table.conflicts(with: session)
    if !winners.isEmpty { feed.agree(evicting: [session.bibEntry], by: winners, now: now) }
  }

  /// What the module should be asked for now; the same until `finished` says what became of it.
  /// - Parameter most: sessions in a request.
  mutating func nextStoreRequest(_ most: Int, now: Instant) -> StoreRequest? {
    // Each turn asks, and to hand over the table takes as long as all the rest of a turn without requests.
    guard feed.isDue(now: now) else { return nil }
    return feed.next(most, from: table, now: now)
  }

  mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    feed.finished(request, outcome, now: now)
    if pulled != nil { settleSoon(now: now) }
  }

  /// - Parameter isAuditing: whether the module's table is to be read, or is being read.
  /// - Returns: how often something was to be given that waited already.
  mutating func noteProgress(_ mark: inout ModuleMark, isAuditing: Bool, isUsable: Bool, now: Instant) -> UInt64 {
    let isAuditing = isAuditing || settled != nil
    if mark.update(feed.progress, isAuditing: isAuditing, isUsable: isUsable, now: now) { feed.hurry() }
    return feed.superseded
  }

  mutating func tell(_ progress: Readiness.ModuleProgress) {
    if module != progress { module = progress }
  }
}
