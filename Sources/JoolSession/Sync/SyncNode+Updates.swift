internal import JoolCore

/// The sessions themselves: what peers must be told, and what they tell.
extension SyncNode {
  /// A session as the module has it now: announced, or read from its table.
  ///
  /// Peers hold it until the advertised expiry. They are told only what they do not know: a new session, another state,
  /// timer or mask, or a life longer than they were told. What they are told includes slack, or else each packet would
  /// be news. A session that was another node's is news, too: that node's own module has it without slack.
  mutating func learn(_ session: SessionEntry, now: Instant) {
    // What the module has while the node is joining is compared with the table afterwards.
    guard joining?.isInitial != true else { return }
    if let known = table.session(like: session, now: now) {
      let isSame = session.saysTheSame(as: known.entry)
      if isSame, known.origin == 0, session.expiration <= known.entry.expiration {
        counters.coalesced += 1
        return
      }
      if isSame { counters.refreshesSent += 1 } else { counters.newsSent += 1 }
    } else {
      counters.newsSent += 1
    }
    var advertised = SyncRecord(session: session, version: clock &+ 1)
    advertised.session.expiration = limits.withSlack(session)
    guard store(advertised, origin: 0, now: now) else { return }
    pending[SessionKey(session)] = advertised
    if pending.count >= SyncFrame.recordsPerFrame { flush(now: now) }
  }

  /// Sends what `learn` has gathered.
  mutating func flush(now: Instant) {
    guard !pending.isEmpty else { return }
    clock &+= 1
    send(updates: Array(pending.values), now: now)
    pending.removeAll(keepingCapacity: true)
  }

  /// Sends records as they are.
  mutating func send(updates records: [SyncRecord], now: Instant) {
    var rest = records[...]
    while !rest.isEmpty {
      let frame = SyncFrame(
        sender: identity, sequence: resend.last + 1, body: .update(Array(rest.prefix(SyncFrame.recordsPerFrame))))
      let datagram = frame.encoded()
      resend.append(datagram, now: now)
      output.datagrams.append(datagram)
      rest = rest.dropFirst(SyncFrame.recordsPerFrame)
    }
    nextHello = min(nextHello, now + Self.helloAfterUpdate)
  }

  /// A peer's word about a session.
  /// - Returns: whether it was news.
  @discardableResult
  mutating func accept(_ record: SyncRecord, origin: UInt8, now: Instant) -> Bool {
    if record.version.isLater(than: clock) { clock = record.version }
    var record = record
    record.session.expiration = min(record.session.expiration, limits.longest(record.session))
    if let known = table.session(like: record.session, now: now) {
      if record.session.saysTheSame(as: known.entry) {
        // Two nodes saw packets of the flow: the longer life counts, whoever spoke last.
        guard record.isNewer(than: known) || record.prolongs(known) else { return false }
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
    output.sessions.append(record.session)
    return true
  }

  /// Puts a session into the table; outdated BIB entries give way.
  private mutating func store(_ record: SyncRecord, origin: UInt8, now: Instant) -> Bool {
    // At most two entries can be in the way: that of source6 and that of source4.
    for _ in 0..<3 {
      switch table.upsert(record.session, origin: origin, version: record.version, now: now) {
      case .inserted, .updated: return true
      case .refused: return false
      case .conflict(let entry):
        let rivals = table.sessions(of: entry, now: now)
        guard origin == 0 || rivals.allSatisfy({ record.isNewer(than: $0) }) else { return false }
        table.removeSessions(of: entry)
        counters.evictions += 1
        // Our own module made room itself; it is where the news comes from.
        if origin != 0 { output.evictions.append(entry) }
      }
    }
    return false
  }

  // MARK: Repeating

  mutating func repeatUpdates(_ ranges: [SyncFrame.MissingUpdates], now: Instant) {
    for range in ranges {
      let (datagrams, goneUntil) = resend.repeating(range, now: now)
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

extension SyncRecord {
  /// Whether the session lives longer by this; not by what its way through the network and the table's ticks add.
  fileprivate func prolongs(_ known: SessionTable.Session) -> Bool {
    UInt64(session.expiration.rawValue) > UInt64(known.entry.expiration.rawValue) + 200
  }
}

extension SessionEntry {
  fileprivate func saysTheSame(as other: SessionEntry) -> Bool {
    state == other.state && timer == other.timer && source4 == other.source4
  }

  /// Any total order does, if it is the same everywhere.
  fileprivate var rank: UInt64 {
    let source = UInt64(source4.address.bits) << 16 | UInt64(source4.port)
    return UInt64(state.rawValue) << 56 | UInt64(timer.rawValue) << 48 | source
  }
}

extension SessionLimits {
  /// A quarter of the timeout: how much longer peers keep a session than its packets alone would.
  func slack(of session: SessionEntry) -> UInt32 { timeout(of: session).rawValue / 4 }

  func withSlack(_ session: SessionEntry) -> Milliseconds {
    let (sum, overflow) = session.expiration.rawValue.addingReportingOverflow(slack(of: session))
    return min(Milliseconds(overflow ? .max : sum), longest(session))
  }

  /// The most that may be advertised.
  func longest(_ session: SessionEntry) -> Milliseconds {
    let timeout = timeout(of: session).rawValue
    let (sum, overflow) = timeout.addingReportingOverflow(timeout / 4)
    return Milliseconds(overflow ? .max : sum)
  }
}
