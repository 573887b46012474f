internal import JoolCore

/// Comparing the table with the module's: when the program starts, and when either may have missed something.
extension SyncNode {
  /// Milliseconds after which a busy module has announced a packet, if it ever does.
  private static let announcementDelay: Int64 = 1000

  mutating func beginAudit() {
    settled = Set(minimumCapacity: table.count)
    knowsModule = true
  }

  /// A session that the module was found to have, which it may have had for long: from peers, or from before this
  /// program started.
  ///
  /// What counts if the table has something else is who spoke of it, or saw packets of it, last.
  mutating func reconcile(_ session: SessionEntry, origin: UInt8 = 0, now: Instant) {
    let key = SessionKey(session)
    guard settled?.contains(key) != true else { return }
    settled?.insert(key)
    guard let known = table.session(like: session, now: now) else {
      if origin == 0, limits.idle(session) >= Self.announcementDelay { counters.unannounced += 1 }
      let rivals = table.conflicts(with: session).flatMap { table.sessions(of: $0, now: now) }
      if rivals.allSatisfy({ isFresher(session, than: $0.entry) }) {
        // Peers that cannot be heard now may have said something since its last packet.
        let age = overheard.contains(key) || !rivals.isEmpty ? 0 : UInt32(clamping: limits.idle(session))
        return learn(session, origin: origin, age: age, now: now)
      }
      // The rivals follow when the audit ends.
      output.evictions.append(
        BIBEntry(proto: session.proto, source6: session.source6, source4: session.source4, isStatic: false))
      return
    }
    guard known.origin != 0 else { return learn(session, origin: origin, now: now) }
    let isSame = session.saysTheSame(as: known.entry)
    if isSame, overheard.contains(key) || known.entry.lives(longerThan: session) {
      // A packet may have come through here meanwhile, and then the module of who had the session before lacks it.
      let age = overheard.contains(key) ? 0 : UInt32(clamping: limits.idle(session))
      confirm(known, origin: origin, age: age, now: now)
    }
    if isSame ? session.lives(longerThan: known.entry) : isFresher(session, than: known.entry) {
      learn(session, origin: origin, now: now)
    } else if !isSame || known.entry.lives(longerThan: session) {
      output.sessions.append(known.entry)
    }
  }

  /// The module's whole table was reconciled.
  /// - Parameter completing: whether the module should get what it lacks.
  mutating func finishAudit(completing: Bool, now: Instant) {
    guard completing else { return endAudit() }
    sweep = Sweep(since: now)
    continueSweep(now: now)
  }

  /// Goes on looking for what the module lacks.
  mutating func continueSweep(now: Instant) {
    guard let sweep, let settled else { return }
    var missing: [SessionEntry] = []
    let row = table.forEach(from: sweep.row, limit: Sweep.rows, now: now) { session in
      if !settled.contains(SessionKey(session.entry)) { missing.append(session.entry) }
    }
    output.sessions += missing
    if let row { self.sweep?.row = row } else { endAudit() }
  }

  private mutating func endAudit() {
    sweep = nil
    settled = nil
    overheard = []
  }

  /// How far the table was gone through after the module's.
  struct Sweep: Sendable {
    /// Rows per turn: a few milliseconds.
    static let rows: UInt32 = 16_384

    let since: Instant
    var row: UInt32 = 0
  }

  /// Whether what the module has is later than what was told. Where the times cannot tell, it is if a packet may have made
  /// it so: what the module was told has more life than any packet gives.
  private func isFresher(_ session: SessionEntry, than other: SessionEntry) -> Bool {
    if overheard.contains(SessionKey(session)) { return true }
    let tolerance: Int64 = session.expiration > limits.timeout(of: session) ? -200 : 200
    return limits.idle(session) <= limits.idle(other) + tolerance
  }
}
