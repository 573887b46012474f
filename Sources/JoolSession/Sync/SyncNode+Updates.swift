internal import JoolCore

/// The sessions themselves: what peers must be told, and what they tell.
extension SyncNode {
  /// A session as the module has it now: announced, or read from its table.
  ///
  /// Peers hold it until the advertised expiry. They are told only what they do not know: a new session, another state,
  /// timer or mask, or a life longer than they were told. What they are told includes slack, or else each packet would
  /// be news. A session that was another node's is news, too: that node's own module has it without slack.
  mutating func learn(_ session: SessionEntry, now: Instant) {
    var advertised = session
    advertised.expiration = limits.withSlack(session)
    if let known = table.session(like: session, now: now) {
      let isSame = known.entry.state == session.state && known.entry.timer == session.timer
        && known.entry.source4 == session.source4
      if isSame, known.origin == 0, session.expiration <= known.entry.expiration {
        counters.coalesced += 1
        return
      }
      if isSame { counters.refreshesSent += 1 } else { counters.newsSent += 1 }
    } else {
      counters.newsSent += 1
    }
    store(advertised, origin: 0, now: now)
    pending.append(advertised)
    if pending.count >= SyncFrame.recordsPerFrame { flush(now: now) }
  }

  /// Sends what `learn` has gathered.
  mutating func flush(now: Instant) {
    var rest = pending[...]
    while !rest.isEmpty {
      let frame = SyncFrame(
        sender: identity, sequence: resend.last + 1, body: .update(Array(rest.prefix(SyncFrame.recordsPerFrame))))
      let datagram = frame.encoded()
      resend.append(datagram, now: now)
      output.datagrams.append(datagram)
      rest = rest.dropFirst(SyncFrame.recordsPerFrame)
      nextHello = min(nextHello, now + Self.helloAfterUpdate)
    }
    pending.removeAll(keepingCapacity: true)
  }

  mutating func apply(_ updates: [[SessionEntry]], from origin: UInt8, now: Instant) {
    for session in updates.joined() { accept(session, origin: origin, inOrder: true, now: now) }
  }

  /// A peer's word about a session.
  /// - Parameter inOrder: it comes in the order in which that peer says things.
  /// - Returns: whether it was news.
  @discardableResult
  mutating func accept(_ session: SessionEntry, origin: UInt8, inOrder: Bool, now: Instant) -> Bool {
    var session = session
    session.expiration = min(session.expiration, limits.longest(session))
    if let known = table.session(like: session, now: now), !(inOrder && known.origin == origin) {
      guard isNewer(session, than: known.entry) else {
        counters.outdated += 1
        return false
      }
    }
    guard store(session, origin: origin, now: now) else {
      counters.outdated += 1
      return false
    }
    output.sessions.append(session)
    return true
  }

  /// Whoever saw the flow last is right. When that cannot be told, all nodes must still decide alike.
  private func isNewer(_ new: SessionEntry, than old: SessionEntry) -> Bool {
    let difference = limits.activity(new) - limits.activity(old)
    // Transit and ticks blur the time of one and the same event.
    guard abs(difference) < 200 else { return difference > 0 }
    return new.rank > old.rank
  }

  /// Puts a session into the table; outdated BIB entries give way.
  @discardableResult
  private mutating func store(_ session: SessionEntry, origin: UInt8, now: Instant) -> Bool {
    // At most two entries can be in the way: that of source6 and that of source4.
    for _ in 0..<3 {
      switch table.upsert(session, origin: origin, now: now) {
      case .inserted, .updated: return true
      case .refused: return false
      case .conflict(let entry):
        let rivals = table.sessions(of: entry, now: now)
        guard origin == 0 || rivals.allSatisfy({ isNewer(session, than: $0.entry) }) else { return false }
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
    guard let (ranges, released) = peers[node]?.stream.ask(now: now), let index = peers[node]?.index else { return }
    apply(released, from: index, now: now)
    guard !ranges.isEmpty else { return }
    counters.naksSent += 1
    send(.nak(ranges), to: node)
  }
}

extension SessionEntry {
  /// Any total order does, if it is the same everywhere.
  fileprivate var rank: UInt64 {
    UInt64(state.rawValue) << 56 | UInt64(timer.rawValue) << 48 | UInt64(source4.port) << 32 | UInt64(source4.address.bits)
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

  /// When the flow was last seen, in milliseconds from now (negative), as far as an advertised expiration tells.
  func activity(_ session: SessionEntry) -> Int64 {
    Int64(session.expiration.rawValue) - Int64(longest(session).rawValue)
  }
}
