public import JoolCore

/// Lookup and removal of single sessions and BIB entries.
extension SessionTable {
  /// The session to which packets from the IPv6 side belong.
  ///
  /// `nil` if there is none.
  public func session(
    proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let number = find(proto: proto, source6: source6, destination4: destination4) else { return nil }
    return session(rows[number], now: now)
  }

  /// The session to which packets from the IPv4 side belong.
  ///
  /// `nil` if there is none.
  public func session(
    proto: L4Protocol, source4: TransportAddress4, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let bib = bibEntry(proto: proto, source4: source4) else { return nil }
    return session(proto: proto, source6: bib.source6, destination4: destination4, now: now)
  }

  /// The table's session with the identity of `entry`.
  ///
  /// `nil` if there is none.
  public func session(like entry: SessionEntry, now: Instant) -> Session? {
    session(proto: entry.proto, source6: entry.source6, destination4: entry.destination4, now: now)
  }

  /// How a session that this node's module announces compares with the table's.
  enum Knowledge: Hashable, Sendable {
    /// The table does not have the session.
    case none
    /// The table has the session with another state, timer or mask.
    case other
    /// The table has the same session. `left` is its time left there, and `isOwn` is whether the last record about it
    /// is this node's.
    case same(left: Milliseconds, isOwn: Bool)
    /// The table has the same session with no less time left, and the peers have it as well. Nothing needs to be sent.
    case all
    /// The table has the same session with no less time left, but the last record about it is another node's. That
    /// node's module has no slack since its own last packet, so it needs a record of this packet. The record can wait
    /// until a quarter of the timeout after this node's last one.
    case deferred(SessionHandle)
  }

  /// Compares a session that this node's module announces with the table's.
  /// - `session`: the session with the expiration that its module has.
  /// - `quarter`: a quarter of its timeout. For this long, the slack in this node's last record suffices for other
  ///   modules.
  func knowledge(of session: SessionEntry, quarter: Milliseconds, now: Instant) -> Knowledge {
    guard
      let number = find(proto: session.proto, source6: session.source6, destination4: session.destination4)
    else { return .none }
    let row = rows[number]
    guard row.hasContent(of: session) else { return .other }
    let left = clock.remaining(until: row.expires, now: now)
    guard session.expiration <= left, row.version != .unassigned else {
      return .same(left: left, isOwn: row.origin == 0)
    }
    if row.origin == 0 { return .all }
    guard let age = ageOfOwnRecord(row, now: now), age < quarter else { return .same(left: left, isOwn: false) }
    return .deferred(SessionHandle(number: number))
  }

  /// The time since this node last sent a record about a session, if the last record about it is another node's.
  ///
  /// `nil` if it is not, if this node never sent one, or if the session no longer exists.
  func ageOfOwnRecord(at handle: SessionHandle, now: Instant) -> Milliseconds? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree, rows[handle.number].origin != 0 else {
      return nil
    }
    return ageOfOwnRecord(rows[handle.number], now: now)
  }

  private func ageOfOwnRecord(_ row: SessionRow, now: Instant) -> Milliseconds? {
    guard row.ownRecordTick != 0 else { return nil }
    let tick = clock.tick(at: now)
    return Milliseconds(UInt32(clamping: (tick - min(tick, UInt64(row.ownRecordTick))) * TickClock.millisecondsPerTick))
  }

  /// The BIB entry of an IPv6 transport address.
  ///
  /// `nil` if there is none.
  public func bibEntry(proto: L4Protocol, source6: TransportAddress6) -> BIBEntry? {
    let key = SessionRow(
      proto: proto, source6: source6, destination4: TransportAddress(IPv4Address(bits: 0), 0))
    guard let leader = findBIB6(key, hash.bib6(key)) else { return nil }
    return rows[leader].bibEntry
  }

  /// The BIB entry of an IPv4 transport address.
  ///
  /// `nil` if there is none.
  public func bibEntry(proto: L4Protocol, source4: TransportAddress4) -> BIBEntry? {
    let key = SessionRow(proto: proto, source4: source4)
    guard let leader = findBIB4(key, hash.bib4(key)) else { return nil }
    return rows[leader].bibEntry
  }

  /// The BIB entries that a session contradicts: the one that has its source6 with another source4, and the one that
  /// has its source4 with another source6.
  public func conflicts(with session: SessionEntry) -> [BIBEntry] {
    let entries = [
      bibEntry(proto: session.proto, source6: session.source6),
      bibEntry(proto: session.proto, source4: session.source4),
    ]
    return entries.compactMap { $0 }.filter { $0.source6 != session.source6 || $0.source4 != session.source4 }
  }

  /// The sessions of a BIB entry.
  ///
  /// Empty if there is no such entry.
  public func sessions(of bib: BIBEntry, now: Instant) -> [Session] {
    let none = TransportAddress(IPv4Address(bits: 0), 0)
    let key = SessionRow(proto: bib.proto, source6: bib.source6, destination4: none)
    guard let leader = findBIB6(key, hash.bib6(key)), rows[leader].source4Address == bib.source4 else { return [] }
    var sessions: [Session] = []
    var number = leader
    repeat {
      sessions.append(session(rows[number], now: now))
      number = rows[number].siblingNext
    } while number != leader
    return sessions
  }

  /// Removes a session, and its BIB entry if that has no other session.
  /// - Returns: the removed session. `nil` if there was none.
  @discardableResult
  public mutating func remove(
    proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let number = find(proto: proto, source6: source6, destination4: destination4) else { return nil }
    let removed = session(rows[number], now: now)
    remove(number)
    return removed
  }

  /// Removes a BIB entry with its sessions, which resolves a conflict.
  /// - Returns: how many sessions were removed. 0 if there is no such entry.
  @discardableResult
  public mutating func removeSessions(of bib: BIBEntry) -> Int {
    let none = TransportAddress(IPv4Address(bits: 0), 0)
    let key = SessionRow(proto: bib.proto, source6: bib.source6, destination4: none)
    var removed = 0
    while let leader = findBIB6(key, hash.bib6(key)), rows[leader].source4Address == bib.source4 {
      remove(leader)
      removed += 1
    }
    return removed
  }

  /// Removes all sessions, forgets all removals, and frees the memory.
  public mutating func removeAll() {
    rows = RowStore()
    sessions = RowIndex()
    bib6 = RowIndex()
    bib4 = RowIndex()
    if masks != nil { masks = MaskOrder() }
    removals = nil
    wheel = TimerWheel(startingAt: wheel.current)
    for bucket in digests.indices { digests[bucket] = 0 }
    rootDigest = 0
  }

  // MARK: Rows

  func find(proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4) -> UInt32? {
    let key = SessionRow(proto: proto, source6: source6, destination4: destination4)
    return findSession(key, hash.session(key))
  }

  func findSession(_ key: SessionRow, _ sessionHash: UInt64) -> UInt32? {
    sessions.find(sessionHash) { rows[$0].hasSource6(of: key) && rows[$0].hasDestination4(of: key) }
  }

  func findBIB6(_ key: SessionRow, _ bib6Hash: UInt64) -> UInt32? {
    bib6.find(bib6Hash) { rows[$0].hasSource6(of: key) }
  }

  func findBIB4(_ key: SessionRow, _ bib4Hash: UInt64) -> UInt32? {
    bib4.find(bib4Hash) { rows[$0].hasSource4(of: key) }
  }

  func session(_ row: SessionRow, now: Instant) -> Session {
    let destination4 = row.destination4Address
    // `init` has checked that IPv4 addresses can be embedded in pool6.
    let destination6 = pool6.embedding(destination4.address) ?? IPv6Address(bits: 0)
    let entry = SessionEntry(
      proto: row.proto, source6: row.source6,
      destination6: TransportAddress(destination6, row.proto == .icmp ? row.port6 : row.destinationPort),
      source4: row.source4Address, destination4: destination4, state: row.state, timer: row.timer,
      expiration: clock.remaining(until: row.expires, now: now))
    return Session(entry: entry, origin: row.origin, version: row.version)
  }
}
