internal import JoolCore
internal import OrderedCollections

/// The sessions themselves: what peers must be told, and what they tell.
extension SyncNode {
  /// A session as the module has it now: announced, or read from its table.
  ///
  /// Peers hold it until the advertised expiry. They are told only what they do not know: a new session, another state,
  /// timer or mask, or a life longer than they were told. What they are told includes slack, or else each packet would
  /// be news. A session that was another node's is news, too: that node's own module has it without slack.
  /// - Parameters:
  ///   - origin: 0, or `legacyOrigin` to say it again with the next packet: C proxies were told nothing.
  ///   - age: for how many milliseconds it has been so.
  mutating func learn(_ session: SessionEntry, origin: UInt8 = 0, age: UInt32 = 0, now: Instant) {
    // What the module has until then is compared with the table afterwards (`reconcile`). C proxies need no version.
    if joining?.isInitial == true { overheard.insert(SessionKey(session)) }
    guard joining?.isListening != true else {
      var announced = session
      announced.expiration = limits.withSlack(session)
      output.announcements.append(announced)
      return
    }
    var isRefresh = false
    if let known = table.session(like: session, now: now) {
      let isSame = session.saysTheSame(as: known.entry)
      if isSame, known.origin == 0, session.expiration <= known.entry.expiration {
        counters.coalesced += 1
        return
      }
      isRefresh = isSame && known.origin == 0
    }
    var advertised = SyncRecord(session: session, version: clock.next(now: now) &- age)
    advertised.session.expiration = limits.withSlack(session)
    guard store(advertised, origin: origin, isModules: true, now: now) else { return }
    let key = SessionKey(session)
    if isRefresh, pending[key] == nil {
      counters.refreshesSent += 1
      refreshes[key] = advertised.session
      if isCongested { forgetEndedRefreshes(now: now) }
    } else {
      counters.newsSent += 1
      pending[key] = advertised
    }
    if pending.count + (isCongested ? 0 : refreshes.count) >= path.records { flush(now: now) }
  }

  /// Says again what the table has, so that the modules of peers have it with slack, too.
  mutating func confirm(_ known: SessionTable.Session, origin: UInt8, age: UInt32, now: Instant) {
    let record = SyncRecord(session: known.entry, version: clock.next(now: now) &- age)
    guard record.version.isLater(than: known.version), store(record, origin: origin, isModules: true, now: now) else {
      return
    }
    counters.newsSent += 1
    pending[SessionKey(record.session)] = record
  }

  /// A session that a peer without versions tells of: its latest word is the truth, whatever its order.
  ///
  /// It tells of every packet. Here, too, slack keeps that from the module: the session gets a quarter of its timeout
  /// more, and what it does not prolong then is no news.
  mutating func hearLegacy(_ session: SessionEntry, now: Instant) {
    var record = SyncRecord(session: session, version: clock.latest)
    record.session.expiration = limits.withSlack(session)
    guard joining?.isListening != true else {
      output.sessions.append(record.session)
      return
    }
    if let known = table.session(like: session, now: now) {
      if session.saysTheSame(as: known.entry), session.expiration <= known.entry.expiration {
        counters.coalesced += 1
        return
      }
      if known.version.isLater(than: clock.latest) { record.version = known.version }
    }
    guard store(record, origin: Self.legacyOrigin, now: now) else { return }
    tellModule(record.session)
  }

  /// Sends what `learn` has gathered.
  mutating func flush(now: Instant) {
    guard !pending.isEmpty || !refreshes.isEmpty else { return }
    var records: [SyncRecord] = []
    records.reserveCapacity(pending.count + refreshes.count)
    records += pending.values
    if !isCongested {
      for (key, session) in refreshes where pending[key] == nil {
        // As they are now: they may have waited for long.
        if let known = table.session(like: session, now: now), known.origin == 0 { records.append(SyncRecord(known)) }
      }
      refreshes.removeAll(keepingCapacity: true)
    }
    guard !records.isEmpty else { return }
    for record in records { clock.note(record.version) }
    send(updates: records, now: now)
    output.announcements += records.map(\.session)
    pending.removeAll(keepingCapacity: true)
  }

  /// While the network takes nothing they wait, and most of them end.
  private mutating func forgetEndedRefreshes(now: Instant) {
    guard refreshes.count > 2 * table.count + 1024 else { return }
    let table = table
    refreshes = refreshes.filter { table.session(like: $0.value, now: now) != nil }
  }

  /// Sends records as they are.
  mutating func send(updates records: [SyncRecord], now: Instant) {
    var rest = records[...]
    while !rest.isEmpty {
      let frame = SyncFrame(
        sender: identity, sequence: resend.last + 1, body: .update(Array(rest.prefix(path.records))))
      let datagram = frame.encoded()
      resend.append(datagram, now: now)
      output.datagrams.append(datagram)
      rest = rest.dropFirst(path.records)
    }
    nextHello = min(nextHello, now + Self.helloAfterUpdate)
  }

  /// A peer's word about a session.
  /// - Returns: whether it was news.
  @discardableResult
  mutating func accept(_ record: SyncRecord, origin: UInt8, now: Instant) -> Bool {
    clock.note(record.version)
    var record = record
    record.session.expiration = min(record.session.expiration, limits.longest(record.session))
    if let known = table.session(like: record.session, now: now) {
      if record.session.saysTheSame(as: known.entry) {
        // Two nodes saw packets of the flow: the longer life counts, whoever spoke last.
        guard record.isNewer(than: known) || record.session.lives(longerThan: known.entry) else { return false }
        record.version = record.isNewer(than: known) ? record.version : known.version
        record.session.expiration = max(record.session.expiration, known.entry.expiration)
      } else if !record.isNewer(than: known) {
        counters.outdated += 1
        return false
      }
    }
    guard store(record, origin: origin, now: now) else {
      counters.outdated += 1
      return false
    }
    tellModule(record.session)
    return true
  }

  /// Puts a session into the table; outdated BIB entries give way.
  /// - Parameter isModules: whether our own module has it; then it made room itself, and is where the news comes from.
  private mutating func store(_ record: SyncRecord, origin: UInt8, isModules: Bool = false, now: Instant) -> Bool {
    settled?.insert(SessionKey(record.session))
    // At most two entries can be in the way: that of source6 and that of source4.
    for _ in 0..<3 {
      switch table.upsert(record.session, origin: origin, version: record.version, now: now) {
      case .inserted, .updated: return true
      case .refused: return false
      case .conflict(let entry):
        let rivals = table.sessions(of: entry, now: now)
        // C proxies' words have no versions of their own, and among each other the last one counts.
        let isLegacy = origin == Self.legacyOrigin
        guard
          isModules
            || rivals.allSatisfy({ record.isNewer(than: $0) || isLegacy && !$0.version.isLater(than: record.version) })
        else { return false }
        table.removeSessions(of: entry)
        counters.evictions += 1
        if !isModules, knowsModule { output.evictions.append(entry) }
      }
    }
    return false
  }

  private mutating func tellModule(_ session: SessionEntry) {
    if knowsModule { output.sessions.append(session) }
  }

  // MARK: Repeating

  mutating func repeatUpdates(_ ranges: [SyncFrame.MissingUpdates], now: Instant) {
    for range in ranges {
      let (datagrams, goneUntil) = resend.repeating(range, limit: repeats.room(now: now), now: now)
      _ = repeats.take(datagrams.count, now: now)
      counters.updatesRepeated += UInt64(datagrams.count)
      output.datagrams += datagrams
      if let goneUntil { send(.gone(first: range.first, last: goneUntil)) }
    }
  }

  mutating func askAgain(_ node: UInt64, now: Instant) {
    let ranges = peers[node]?.stream.ask(now: now) ?? []
    resyncIfLost(node, now: now)
    guard !ranges.isEmpty else { return }
    counters.naksSent += 1
    send(.nak(ranges), to: node)
  }
}

extension SyncRecord {
  /// The later word counts. Two nodes that speak at once are both heard in the same order by all.
  fileprivate func isNewer(than known: SessionTable.Session) -> Bool {
    version == known.version ? session.rank > known.entry.rank : version.isLater(than: known.version)
  }
}

extension SessionEntry {
  /// Whether the life left is longer; not by what its way through the network, the module and the table's ticks add.
  func lives(longerThan other: SessionEntry) -> Bool {
    UInt64(expiration.rawValue) > UInt64(other.expiration.rawValue) + 200
  }

  func saysTheSame(as other: SessionEntry) -> Bool {
    state == other.state && timer == other.timer && source4 == other.source4
  }

  /// Any total order does, if it is the same everywhere.
  fileprivate var rank: UInt64 {
    let source = UInt64(source4.address.bits) << 16 | UInt64(source4.port)
    return UInt64(state.rawValue) << 56 | UInt64(timer.rawValue) << 48 | source
  }
}

extension SessionLimits {
  /// Modules announce a packet within their `ss-flush-deadline`, two seconds unless changed.
  static let fresh = Duration.seconds(5)

  /// A quarter of the timeout: how much longer peers keep a session than its packets alone would.
  func slack(of session: SessionEntry) -> UInt32 { timeout(of: session).rawValue / 4 }

  /// What to advertise. A session that was idle for a while gets no slack: its next packet will be news anyway. One that has
  /// slack already gets no more, or else each node that passes it on would make it younger.
  func withSlack(_ session: SessionEntry) -> Milliseconds {
    let idle = timeout(of: session).duration - session.expiration.duration
    guard idle < Self.fresh else { return session.expiration }
    guard idle >= .zero else { return min(session.expiration, longest(session)) }
    let (sum, overflow) = session.expiration.rawValue.addingReportingOverflow(slack(of: session))
    return min(Milliseconds(overflow ? .max : sum), longest(session))
  }

  /// For how many milliseconds the session has been idle, or unmentioned. What has more left than its timeout has slack.
  func idle(_ session: SessionEntry) -> Int64 {
    let (timeout, left) = (Int64(timeout(of: session).rawValue), Int64(session.expiration.rawValue))
    return timeout - left + (left > timeout ? Int64(slack(of: session)) : 0)
  }

  /// The most that may be advertised.
  func longest(_ session: SessionEntry) -> Milliseconds {
    let timeout = timeout(of: session).rawValue
    let (sum, overflow) = timeout.addingReportingOverflow(timeout / 4)
    return Milliseconds(overflow ? .max : sum)
  }
}
