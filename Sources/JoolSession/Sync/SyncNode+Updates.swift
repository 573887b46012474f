internal import JoolCore
internal import OrderedCollections

/// The sessions themselves: what peers must be told, and what they tell.
extension SyncNode {
  /// A session as the module has it now: announced, or read from its table.
  ///
  /// Peers hold it until the advertised expiry. They are told only what they do not know: a new session, another state,
  /// timer or mask, or a life longer than they were told. What they are told includes slack, or else each packet would
  /// be news. What another node said last is news, too, a quarter of the timeout after this node's own last word: that
  /// node's own module has no slack. So of a flow through several nodes each says something once per quarter.
  /// - Parameters:
  ///   - origin: 0, or `legacyOrigin` to say it again with the next packet: C proxies were told nothing.
  ///   - age: for how many milliseconds it has been so.
  ///   - isRead: whether it was not announced.
  mutating func learn(
    _ session: SessionEntry, origin: UInt8 = 0, age: UInt32 = 0, isRead: Bool = false, now: Instant
  ) {
    // What the module has until then is compared with the table afterwards (`reconcile`). C proxies need no version.
    if state == .starting { overheard.insert(session, now: now) }
    guard !isListening else {
      var announced = session
      announced.expiration = limits.withSlack(session)
      output.announcements.append(announced)
      return
    }
    var isRefresh = false
    // In the module's table, what looks like a packet of a moment ago may be what is left of slack.
    var life = isRead ? min(session.expiration, limits.longest(session)) : limits.withSlack(session)
    switch table.knowledge(of: session, quarter: Milliseconds(limits.slack(of: session)), now: now) {
    case .all:
      counters.coalesced += 1
      return
    case .owed(let handle):
      counters.coalesced += 1
      if let content = table.content(at: handle) {
        owed.add(OwedWords.Word(end: now + life.duration, content: content), of: handle, now: now)
      }
      return
    case .same(let left, let isOwn):
      // The later word replaces the earlier one whole. So it must not take any life away.
      life = max(life, left)
      isRefresh = isOwn
    case .none, .other: break
    }
    var advertised = SyncRecord(session: session, version: version(age: age, now: now))
    advertised.session.expiration = life
    // C proxies are told nothing of what has their origin: the next packet says it again.
    guard store(advertised, origin: origin, isOwnWord: origin == 0, now: now) != nil else {
      return giveWay(session, now: now)
    }
    moduleHas(session)
    if !legacyWords.isEmpty { legacyWords.remove(saidBy: advertised) }
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
    let record = SyncRecord(session: known.entry, version: version(age: age, now: now))
    guard record.isNewer(than: known), store(record, origin: origin, isOwnWord: origin == 0, now: now) != nil else {
      return
    }
    moduleHas(record.session)
    counters.newsSent += 1
    pending[SessionKey(record.session)] = record
  }

  /// Says what the peers' modules have had to do without for a quarter of the timeout. The own module gets it, too: a
  /// peer may have kept back a packet as well.
  ///
  /// A node that lacks something waits: what it would say of the session may be outdated, and would be the newest record.
  mutating func sayOwedWords(now: Instant) {
    guard let due = owed.deadline, due <= now else { return }
    guard state == .ready else { return owed.wait(now: now) }
    for (handle, word) in owed.takeDue(now: now) where table.content(at: handle) == word.content {
      guard let age = table.ageOfOwnWord(at: handle, now: now), var known = table.session(at: handle, now: now) else {
        continue
      }
      guard age.rawValue >= limits.slack(of: known.entry) else {
        owed.add(word, of: handle, now: now)
        continue
      }
      // Of a flow that goes on, the next packet has nothing to add.
      known.entry.expiration = max(known.entry.expiration, Milliseconds(word.end - now))
      confirm(known, origin: 0, age: 0, now: now)
      tellModule(handle.number, now: now)
    }
  }

  /// What waited while the process did not run gets a version as old as it may be: a peer may have spoken since then.
  /// - Parameter age: for how many milliseconds it has been so.
  private mutating func version(age: UInt32, now: Instant) -> Version {
    guard age == 0 else { return clock.version(age: Milliseconds(age), now: now) }
    return clock.next(now: selfCheck.stoodStillSince ?? now)
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
        sender: identity, number: hellos, sequence: resend.last + 1,
        body: .update(Array(rest.prefix(path.records))))
      let datagram = frame.encoded()
      resend.append(datagram, now: now)
      output.datagrams.append(datagram)
      rest = rest.dropFirst(path.records)
    }
    nextHello = min(nextHello, now + Self.helloPause)
  }

  /// A peer's word about a session: as an update, in a table, or however it came. The later word counts, and counts
  /// whole: state, timer, mask and life. So whatever the order in which words come, the last one stays.
  /// - Returns: whether it was news.
  @discardableResult
  mutating func merge(_ record: SyncRecord, origin: UInt8, now: Instant) -> Bool {
    clock.note(record.version)
    if !legacyWords.isEmpty { legacyWords.remove(saidBy: record) }
    switch table.merge(record, origin: origin, now: now) {
    case .taken(let row):
      tellModule(row, now: now)
      return true
    case .repeated: return false
    case .outdated, .refused: break
    case .conflict:
      guard let rivals = store(record, origin: origin, now: now) else { break }
      tellModule(record.session, rivals: rivals, now: now)
      return true
    }
    counters.outdated += 1
    return false
  }

  /// Puts a session into the table; rivals that are all older give way.
  /// - Parameters:
  ///   - isOwnWord: whether this node says it now.
  ///   - isForced: whether rivals give way in any case.
  /// - Returns: the BIB entries that left the table for it; `nil` if it was not taken.
  mutating func store(
    _ record: SyncRecord, origin: UInt8, isOwnWord: Bool = false, isForced: Bool = false, now: Instant
  ) -> [BIBEntry]? {
    var evicted: [BIBEntry] = []
    for _ in 0..<2 {
      switch table.upsert(record.session, origin: origin, version: record.version, isOwnWord: isOwnWord, now: now) {
      case .inserted, .updated: return evicted
      case .refused: return nil
      case .conflict:
        guard let rivals = makeRoom(for: record, isForced: isForced, now: now) else { return nil }
        evicted = rivals
      }
    }
    return nil
  }

  /// Removes what contradicts a record: the sessions of this client with another mask, and of another client with this
  /// mask. These are at most two BIB entries.
  /// - Returns: `nil` if not all of them are older. Then all stay.
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
  /// Modules announce a packet within their `ss-flush-deadline`, two seconds unless changed.
  static let fresh = Duration.seconds(5)

  /// A quarter of the timeout: how much longer peers keep a session than its packets alone would.
  func slack(of session: SessionEntry) -> UInt32 { timeout(of: session).rawValue / 4 }

  /// What to advertise. A session that was idle for a while gets no slack: its next packet will be news anyway. One
  /// that has slack already gets no more, or else each node that passes it on would make it younger.
  func withSlack(_ session: SessionEntry) -> Milliseconds {
    let idle = timeout(of: session).duration - session.expiration.duration
    guard idle < Self.fresh else { return session.expiration }
    guard idle >= .zero else { return min(session.expiration, longest(session)) }
    let (sum, overflow) = session.expiration.rawValue.addingReportingOverflow(slack(of: session))
    return min(Milliseconds(overflow ? .max : sum), longest(session))
  }

  /// For how many milliseconds the session has been idle, or unmentioned. What has more left than its timeout has
  /// slack.
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
