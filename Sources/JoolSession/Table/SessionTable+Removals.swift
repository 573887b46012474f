package import JoolCore

/// Removals: what ends the sessions of a client for good.
extension SessionTable {
  /// What was removed for good; `nil` if nothing was.
  var removals: Removals? {
    get { removalStore.first }
    _modify {
      // What changes is in one place only, so that it is not copied.
      var removals = removalStore.popLast()
      defer { if let removals { removalStore.append(removals) } }
      yield &removals
    }
  }

  /// Whether anything was removed for good.
  @inline(__always)
  var hasRemovals: Bool { !removalStore.isEmpty }

  /// The number of removals that are remembered.
  public var removalCount: Int { removals?.count ?? 0 }

  /// The result of `remember`.
  enum Remembering: Hashable, Sendable {
    /// The removal is remembered now. `ended` are the BIB entries in the table that had sessions which it has ended.
    case taken(ended: [BIBEntry])
    /// A newer removal of the client is remembered.
    case outdated
    /// The same removal is remembered already.
    case repeated
    /// Too many are remembered.
    case refused
  }

  /// The removal of the client of a session or a BIB entry; `nil` if there is none.
  package func removal(proto: L4Protocol, source6: TransportAddress6, now: Instant) -> Removal? {
    guard let removals else { return nil }
    return removals[Removals.Client(proto: proto, source6: source6)].map { Removal($0, now: now) }
  }

  /// Remembers a removal, and removes all sessions of its client that are not newer.
  ///
  /// The newer one of two removals of a client counts. So the result does not depend on their order of arrival, nor on
  /// that of the removal and the client's records.
  mutating func remember(_ removal: Removal, now: Instant) -> Remembering {
    let client = Removals.Client(proto: removal.entry.proto, source6: removal.entry.source6)
    let end = now + TimeAmount(removal.left)
    if let number = removals?.slot(of: client), var known = removals?.slots[Int(number)] {
      let former = Removal(known, now: now)
      guard removal.isNewer(than: former) else {
        guard !former.isNewer(than: removal) else { return .outdated }
        // As with sessions, a delay only ever makes the time left too long.
        if former.left.rawValue > removal.left.rawValue {
          known.end = end
          removals?.insert(known, of: client)
        }
        return .repeated
      }
      toggleDigest(of: known.row)
    } else if removalCount >= Removals.capacity {
      return .refused
    }
    let row = SessionRow(removal)
    let remembered = Removals.Remembered(row: row, memory: removal.memory, end: end)
    if removals == nil { removals = Removals() }
    removals?.insert(remembered, of: client)
    toggleDigest(of: row)
    return .taken(ended: endSessions(of: row))
  }

  /// Whether a removal that is not older has ended the client of a row.
  @inline(__always)
  func isEnded(_ row: SessionRow) -> Bool {
    hasRemovals && isEndedByRemoval(row)
  }

  private func isEndedByRemoval(_ row: SessionRow) -> Bool {
    guard let known = removals?[Removals.Client(proto: row.proto, source6: row.source6)] else { return false }
    return known.row.version >= row.version
  }

  /// Removes the sessions of a client that are not newer than its removal.
  /// - Returns: their BIB entry, or none if there were none.
  private mutating func endSessions(of removal: SessionRow) -> [BIBEntry] {
    guard let leader = findBIB6(removal, hash.bib6(removal)) else { return [] }
    let entry = rows[leader].bibEntry
    var ended: [UInt32] = []
    var number = leader
    repeat {
      if rows[number].version <= removal.version { ended.append(number) }
      number = rows[number].siblingNext
    } while number != leader
    for number in ended { remove(number) }
    return ended.isEmpty ? [] : [entry]
  }

  /// Forgets the removals whose time is over.
  mutating func forgetRemovals(now: Instant) {
    guard let forgotten = removals?.forget(now: now), !forgotten.isEmpty else { return }
    for row in forgotten { toggleDigest(of: row) }
    if removals?.count == 0 { removals = nil }
  }

  /// Calls `body` with each removal, in no particular order.
  package func forEachRemoval(now: Instant, _ body: (Removal) -> Void) {
    for case .some(let known) in removals?.slots ?? [] { body(Removal(known, now: now)) }
  }

  /// The removals, in no particular order.
  func allRemovals(now: Instant) -> [Removal] {
    removals?.slots.compactMap { $0.map { Removal($0, now: now) } } ?? []
  }

  // MARK: Transfers

  /// The records of a transfer: first the removals, then the sessions in the order in which the module adds them
  /// fastest.
  /// - `isWanted`: whether a bucket is included. `nil`: all are.
  func transferOrder(inBuckets isWanted: ((Int) -> Bool)? = nil) -> SessionOrder {
    let sessions = kernelOrder(inBuckets: isWanted)
    guard let slots = removals?.slots else { return sessions }
    let numbers = slots.indices.filter { number in
      guard let row = slots[number]?.row else { return false }
      return isWanted?(SessionDigest.bucket(ofIdentity: SessionDigest.identity(row))) != false
    }
    return SessionOrder(removals: numbers, before: sessions)
  }

  /// The record that a handle stands for, as it is now.
  ///
  /// `nil` if it no longer exists, and for a C proxy's session that no node has given a version yet.
  func record(at handle: SessionHandle, now: Instant) -> SyncRecord? {
    if let slot = handle.removal {
      guard let slots = removals?.slots, slot < slots.count, let known = slots[slot] else { return nil }
      return SyncRecord(Removal(known, now: now))
    }
    guard let known = session(at: handle, now: now), known.version != .unassigned else { return nil }
    return SyncRecord(known)
  }
}

extension Removal {
  /// The removal with the time that is left now.
  fileprivate init(_ known: Removals.Remembered, now: Instant) {
    self.init(
      entry: known.row.bibEntry, version: known.row.version, memory: known.memory,
      left: Milliseconds(clamping: known.end - now))
  }
}
