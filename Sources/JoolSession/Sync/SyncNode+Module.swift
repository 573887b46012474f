internal import JoolCore

/// The sessions that this node's module has, and those that it is given.
extension SyncNode {
  /// Queues a session for the module, after the table has stored a record of it that the module may not have.
  /// - `rivals`: the BIB entries that were removed from the table for it. The module may still have them.
  mutating func queueForModule(_ session: SessionEntry, rivals: [BIBEntry] = [], now: Instant) {
    guard feed.isOpen, let row = table.row(like: session) else { return }
    module.audit.exclude(row)
    guard !rivals.isEmpty else { return feed.agree(row, now: now) }
    feed.agree(evicting: rivals, by: [session.bibEntry], now: now)
  }

  /// Queues the session in `row` for the module, after the table has merged a peer's record without a conflict.
  mutating func queueForModule(_ row: UInt32, now: Instant) {
    guard feed.isOpen else { return }
    module.audit.exclude(row)
    feed.agree(row, now: now)
  }

  /// Notes that the module has a session as the table has it.
  ///
  /// An audit that is under way skips the session from now on, because what it reads may be older.
  mutating func noteModuleHas(_ session: SessionEntry) {
    guard isAuditing, let row = table.row(like: session) else { return }
    module.audit.exclude(row)
  }

  /// Evicts a session from the module if the table has newer ones in its place.
  mutating func evictIfSuperseded(_ session: SessionEntry, now: Instant) {
    let winners = table.conflicts(with: session)
    if !winners.isEmpty { feed.agree(evicting: [session.bibEntry], by: winners, now: now) }
  }

  /// The next request for the module; `nil` if there is none.
  ///
  /// It stays the same until `finished` is called with its outcome.
  /// - `most`: the maximum number of sessions in a request.
  mutating func nextStoreRequest(_ most: Int, now: Instant) -> StoreRequest? {
    // Check first, because this is called in each turn, and passing the table takes as long as all the rest of a turn
    // without requests.
    guard feed.isDue(now: now) else { return nil }
    return feed.next(most, from: table, now: now)
  }

  /// Notes the outcome of a request.
  mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    feed.finished(request, outcome, now: now)
    if module.mayLackPulled { readiness.timer.requestSoon(now: now) }
  }

  /// Updates the module's mark.
  ///
  /// Returns how often a session was queued for the module that was in the queue already.
  /// - `isAuditing`: whether the module's table is to be read, or is being read.
  /// - `isUsable`: whether the module is present and accepts sessions.
  mutating func updateReadiness(_ mark: inout ModuleMark, isAuditing: Bool, isUsable: Bool, now: Instant) -> UInt64 {
    let isAuditing = isAuditing || self.isAuditing
    if mark.update(feed.progress, isAuditing: isAuditing, isUsable: isUsable, now: now) { feed.hurry() }
    return feed.superseded
  }

  /// Stores how much of the table the module has.
  mutating func note(module progress: Readiness.ModuleProgress) {
    if module.note(progress) { readiness.timer.request() }
  }

  /// Notes that the module has announced sessions.
  mutating func noteAnnouncement(now: Instant) { module.announced(now: now) }
}
