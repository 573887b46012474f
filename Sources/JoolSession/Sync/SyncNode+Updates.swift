internal import JoolCore
internal import OrderedCollections

/// The sessions themselves: the records that are sent to peers, and those that peers send.
extension SyncNode {
  /// Records a session as the module has it now: announced, or read from its table.
  ///
  /// Peers keep the session until the advertised expiration, so only changes are sent: a new session, another state,
  /// timer or mask, or an expiration beyond the advertised one. The advertised expiration includes slack; without it
  /// every packet would be such a change.
  ///
  /// If another node sent the last record, a packet is also a change, a quarter of the timeout after this node's own
  /// last record, because that node's module has no slack. So for a flow through several nodes, each of them sends one
  /// record per quarter of the timeout.
  /// - `origin`: 0, or `legacyOrigin` if C proxies do not get the session now, so that the next packet sends it again.
  /// - `age`: for how many milliseconds the session has been as it is. The record's version is that old.
  /// - `isRead`: whether the session was read from the module's table, rather than announced.
  mutating func learn(
    _ session: SessionEntry, origin: UInt8 = 0, age: UInt32 = 0, isRead: Bool = false, now: Instant
  ) {
    // A session that is announced before the node has a table is compared with the table later (`reconcile`). It is
    // sent to C proxies at once, because they need no version.
    if state == .starting { module.audit.announcedEarly(session, now: now) }
    guard !isListening else {
      var announced = session
      announced.expiration = limits.withSlack(session)
      transmitter.announce(CollectionOfOne(announced))
      return
    }
    guard isRead || !table.hasRemovals || !isEnded(session, now: now) else {
      counters.outdated += 1
      return
    }
    var isRefresh = false
    // A session that was read gets no slack, because what looks like a recent packet may be the rest of its slack.
    var life = isRead ? min(session.expiration, limits.longest(session)) : limits.withSlack(session)
    switch table.knowledge(of: session, quarter: Milliseconds(limits.slack(of: session)), now: now) {
    case .all:
      counters.coalesced += 1
      return
    case .deferred(let handle):
      counters.coalesced += 1
      if let content = table.content(at: handle) {
        let packet = DeferredPackets.Packet(end: now + TimeAmount(life), content: content)
        records.deferredPackets.add(packet, of: handle, now: now)
      }
      return
    case .same(let left, let isOwn):
      // The new record replaces the former one whole, so it must not have less time left.
      life = max(life, left)
      isRefresh = isOwn
    case .none, .other: break
    }
    var version = records.version(age: age, pausedSince: selfCheck.pausedSince, now: now)
    if table.hasRemovals { version = versionAboveRemoval(of: session, version, now: now) }
    var advertised = SyncRecord(session: session, version: version)
    advertised.session.expiration = life
    // With `legacyOrigin` the record does not count as this node's own, so the next packet sends it again, to C
    // proxies, too.
    guard store(advertised, origin: origin, isOwnRecord: origin == 0, now: now) != nil else {
      return evictIfSuperseded(session, now: now)
    }
    noteModuleHas(session)
    if table.hasRemovals { returnToModule(advertised.session, now: now) }
    records.legacySessions.remove(sentAs: advertised)
    if records.outgoing.add(advertised, isRefresh: isRefresh) {
      counters.refreshesSent += 1
      records.outgoing.forgetEndedRefreshes(in: table, now: now)
    } else {
      counters.changesSent += 1
    }
    if records.outgoing.dueCount >= transmitter.path.records { flush(now: now) }
  }

  /// Advertises the table's record again, so that the peers' modules have it with slack, too.
  mutating func confirm(_ known: SessionTable.Session, origin: UInt8, age: UInt32, now: Instant) {
    let version = records.version(age: age, pausedSince: selfCheck.pausedSince, now: now)
    let record = SyncRecord(session: known.entry, version: version)
    guard record.isNewer(than: known), store(record, origin: origin, isOwnRecord: origin == 0, now: now) != nil else {
      return
    }
    noteModuleHas(record.session)
    counters.changesSent += 1
    records.outgoing.add(record)
  }

  /// Sends records for the packets in `DeferredPackets`, a quarter of the timeout after this node's own last record of
  /// the session.
  ///
  /// This node's module gets them, too, because a peer may have held back a packet as well.
  ///
  /// A node that is not ready waits, because its record of the session may be outdated, and would be the newest one.
  mutating func sendDeferredPackets(now: Instant) {
    guard let due = records.deferredPackets.deadline, due <= now else { return }
    guard state == .ready else { return records.deferredPackets.wait(now: now) }
    for (handle, word) in records.deferredPackets.takeDue(now: now)
    where table.content(at: handle) == word.content {
      guard let age = table.ageOfOwnRecord(at: handle, now: now), var known = table.session(at: handle, now: now) else {
        continue
      }
      guard age.rawValue >= limits.slack(of: known.entry) else {
        records.deferredPackets.add(word, of: handle, now: now)
        continue
      }
      // Include the packet's slack, so that the next packet of a flow that continues needs no record.
      known.entry.expiration = max(known.entry.expiration, Milliseconds(clamping: word.end - now))
      confirm(known, origin: 0, age: 0, now: now)
      queueForModule(handle.number, now: now)
    }
  }

  /// Sends the records that `learn` has queued.
  mutating func flush(now: Instant) {
    let due = records.outgoing.take(from: table, now: now)
    guard !due.isEmpty else { return }
    transmitter.send(updates: due, now: now)
    transmitter.announce(due.lazy.map(\.session))
  }

  /// Merges a peer's record of a session, from an update or a transfer.
  ///
  /// The newer record wins and replaces the older one whole: state, timer, mask and time left. So the result does not
  /// depend on the order in which records arrive.
  /// - Returns: whether the table took the record.
  @discardableResult
  mutating func merge(_ record: SyncRecord, origin: UInt8, now: Instant) -> Bool {
    records.received(record)
    if let removal = record.removal { return merge(removal, now: now) }
    switch table.merge(record, origin: origin, now: now) {
    case .taken(let row):
      announcements?.append(record.session)
      queueForModule(row, now: now)
      return true
    case .repeated: return false
    case .outdated, .refused: break
    case .conflict:
      guard let rivals = store(record, origin: origin, now: now) else { break }
      queueForModule(record.session, rivals: rivals, now: now)
      return true
    }
    counters.outdated += 1
    return false
  }

  /// Stores a session in the table.
  ///
  /// Its rivals are removed if all of them are older.
  ///
  /// Returns the BIB entries that were removed for it; `nil` if the session was not stored.
  /// - `isOwnWord`: whether this node sends the record now as its own.
  /// - `isForced`: whether the rivals are removed in any case.
  mutating func store(
    _ record: SyncRecord, origin: UInt8, isOwnRecord: Bool = false, isForced: Bool = false, now: Instant
  ) -> [BIBEntry]? {
    var evicted: [BIBEntry] = []
    for _ in 0..<2 {
      switch table.upsert(record.session, origin: origin, version: record.version, isOwnRecord: isOwnRecord, now: now) {
      case .inserted:
        announcements?.append(record.session)
        return evicted
      case .updated(let previous):
        announcements?.append(record.session, replacing: previous.entry)
        return evicted
      case .ended, .refused: return nil
      case .conflict:
        guard let rivals = makeRoom(for: record, isForced: isForced, now: now) else { return nil }
        evicted = rivals
      }
    }
    return nil
  }

  /// Removes the rivals of a record: the sessions of its client with another mask, and those of another client with its
  /// mask.
  ///
  /// They belong to at most two BIB entries.
  /// - Returns: the BIB entries that were removed. `nil` if not all rivals are older; then none is removed.
  private mutating func makeRoom(for record: SyncRecord, isForced: Bool, now: Instant) -> [BIBEntry]? {
    let entries = table.conflicts(with: record.session)
    let rivals = isForced ? [] : entries.flatMap { table.sessions(of: $0, now: now) }
    guard rivals.allSatisfy({ record.isNewer(than: $0) }) else { return nil }
    for entry in entries { table.removeSessions(of: entry) }
    counters.evictions += UInt64(entries.count)
    return entries
  }
}

extension SessionLimits {
  /// The idle time below which a session gets slack.
  ///
  /// Modules announce a packet within their `ss-flush-deadline`, which is two seconds by default.
  static let fresh = TimeAmount.seconds(5)

  /// The slack of a session in milliseconds: a quarter of its timeout, by which peers keep it longer than its packets
  /// alone would.
  func slack(of session: SessionEntry) -> UInt32 { timeout(of: session).rawValue / 4 }

  /// The time left to advertise.
  ///
  /// A session that was idle for `fresh` or longer gets no slack, because its next packet is sent anyway. A session
  /// that has slack already gets no more, because otherwise each node that passes it on would prolong it.
  func withSlack(_ session: SessionEntry) -> Milliseconds {
    let idle = TimeAmount(timeout(of: session)) - TimeAmount(session.expiration)
    guard idle < Self.fresh else { return session.expiration }
    guard idle >= .zero else { return min(session.expiration, longest(session)) }
    let (sum, overflow) = session.expiration.rawValue.addingReportingOverflow(slack(of: session))
    return min(Milliseconds(overflow ? .max : sum), longest(session))
  }

  /// The number of milliseconds since the session's last packet, or since the record that gave it its time left.
  ///
  /// A session that has more time left than its timeout has slack.
  func idle(_ session: SessionEntry) -> Int64 {
    let (timeout, left) = (Int64(timeout(of: session).rawValue), Int64(session.expiration.rawValue))
    return timeout - left + (left > timeout ? Int64(slack(of: session)) : 0)
  }

  /// The longest time left that may be advertised: 1.25 times the timeout.
  func longest(_ session: SessionEntry) -> Milliseconds {
    let timeout = timeout(of: session).rawValue
    let (sum, overflow) = timeout.addingReportingOverflow(timeout / 4)
    return Milliseconds(overflow ? .max : sum)
  }
}
