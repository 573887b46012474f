public import JoolCore

/// Finding one session or BIB entry, and removing it.
extension SessionTable {
  /// The session as packets from the IPv6 side find it.
  public func session(
    proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let number = find(proto: proto, source6: source6, destination4: destination4) else { return nil }
    return session(rows[number], now: now)
  }

  /// The session as packets from the IPv4 side find it.
  public func session(
    proto: L4Protocol, source4: TransportAddress4, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let bib = bibEntry(proto: proto, source4: source4) else { return nil }
    return session(proto: proto, source6: bib.source6, destination4: destination4, now: now)
  }

  /// The table's version of a session.
  public func session(like entry: SessionEntry, now: Instant) -> Session? {
    session(proto: entry.proto, source6: entry.source6, destination4: entry.destination4, now: now)
  }

  /// What the table knows of what the own module says about a session.
  enum Knowledge: Hashable, Sendable {
    /// No such session.
    case none
    /// The session in another state, or with another timer or mask.
    case other
    /// The same, with this much life left, and whether this node's word was the last about it.
    case same(left: Milliseconds, isOwn: Bool)
    /// All of it, and the peers know it, too: nothing is to be said.
    case all
    /// All of it, too. But somebody else spoke last, and then the packet is news to that one's module: it has no slack
    /// since its own packet. That can wait until a quarter of the timeout after this node's own last word.
    case owed(SessionHandle)
  }

  /// - Parameters:
  ///   - session: with the life that its module gives it.
  ///   - quarter: of its timeout: for how long other modules live on what this node said last.
  func knowledge(of session: SessionEntry, quarter: Milliseconds, now: Instant) -> Knowledge {
    guard
      let number = find(proto: session.proto, source6: session.source6, destination4: session.destination4)
    else { return .none }
    let row = rows[number]
    guard row.hasContent(of: session) else { return .other }
    let left = clock.remaining(until: row.expires, now: now)
    guard session.expiration <= left, row.version != .unsaid else { return .same(left: left, isOwn: row.origin == 0) }
    if row.origin == 0 { return .all }
    guard let age = ageOfOwnWord(row, now: now), age < quarter else { return .same(left: left, isOwn: false) }
    return .owed(SessionHandle(number: number))
  }

  /// How long ago this node has said something about a session about which another one spoke last; `nil` if it is not
  /// so.
  func ageOfOwnWord(at handle: SessionHandle, now: Instant) -> Milliseconds? {
    guard handle.number < rows.endIndex, !rows[handle.number].isFree, rows[handle.number].origin != 0 else {
      return nil
    }
    return ageOfOwnWord(rows[handle.number], now: now)
  }

  private func ageOfOwnWord(_ row: SessionRow, now: Instant) -> Milliseconds? {
    guard row.ownSaid != 0 else { return nil }
    let tick = clock.tick(at: now)
    return Milliseconds(UInt32(clamping: (tick - min(tick, UInt64(row.ownSaid))) * TickClock.millisecondsPerTick))
  }

  public func bibEntry(proto: L4Protocol, source6: TransportAddress6) -> BIBEntry? {
    let key = SessionRow(
      proto: proto, source6: source6, destination4: TransportAddress(IPv4Address(bits: 0), 0))
    guard let leader = findBIB6(key, hash.bib6(key)) else { return nil }
    return rows[leader].bibEntry
  }

  public func bibEntry(proto: L4Protocol, source4: TransportAddress4) -> BIBEntry? {
    let key = SessionRow(proto: proto, source4: source4)
    guard let leader = findBIB4(key, hash.bib4(key)) else { return nil }
    return rows[leader].bibEntry
  }

  /// The BIB entries that keep a session out: that of its source6, or of its source4, if it is not its own.
  public func conflicts(with session: SessionEntry) -> [BIBEntry] {
    let entries = [
      bibEntry(proto: session.proto, source6: session.source6),
      bibEntry(proto: session.proto, source4: session.source4),
    ]
    return entries.compactMap { $0 }.filter { $0.source6 != session.source6 || $0.source4 != session.source4 }
  }

  /// The sessions of a BIB entry; none if there is no such entry.
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

  /// Removes a session, and its BIB entry if it was the last one of it.
  /// - Returns: what it was like.
  @discardableResult
  public mutating func remove(
    proto: L4Protocol, source6: TransportAddress6, destination4: TransportAddress4, now: Instant
  ) -> Session? {
    guard let number = find(proto: proto, source6: source6, destination4: destination4) else { return nil }
    let removed = session(rows[number], now: now)
    remove(number)
    return removed
  }

  /// Removes a BIB entry with its sessions: the way out of a conflict.
  /// - Returns: how many sessions went; 0 if there is no such entry.
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

  /// Removes everything, and gives the memory back.
  public mutating func removeAll() {
    rows = RowStore()
    sessions = RowIndex()
    bib6 = RowIndex()
    bib4 = RowIndex()
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
    // `init` saw to it that pool6 embeds.
    let destination6 = pool6.embedding(destination4.address) ?? IPv6Address(bits: 0)
    let entry = SessionEntry(
      proto: row.proto, source6: row.source6,
      destination6: TransportAddress(destination6, row.proto == .icmp ? row.port6 : row.destinationPort),
      source4: row.source4Address, destination4: destination4, state: row.state, timer: row.timer,
      expiration: clock.remaining(until: row.expires, now: now))
    return Session(entry: entry, origin: row.origin, version: row.version)
  }
}
