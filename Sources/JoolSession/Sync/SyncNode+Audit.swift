internal import JoolCore

/// Comparing the table with the module's: when the program starts, and when either may have missed something.
extension SyncNode {
  mutating func beginAudit() {
    settled = []
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
    if completing, let settled {
      table.forEach(now: now) { session in
        if !settled.contains(SessionKey(session.entry)) { output.sessions.append(session.entry) }
      }
    }
    settled = nil
    overheard = []
  }

  /// Whether what the module has is later than what was told. Where the times cannot tell, it is if a packet may have made
  /// it so: what the module was told has more life than any packet gives.
  private func isFresher(_ session: SessionEntry, than other: SessionEntry) -> Bool {
    if overheard.contains(SessionKey(session)) { return true }
    let tolerance: Int64 = session.expiration > limits.timeout(of: session) ? -200 : 200
    return limits.idle(session) <= limits.idle(other) + tolerance
  }
}
