internal import JoolCore

/// Comparing the table with the module's: when the program starts, and when either may have missed something.
extension SyncNode {
  /// Milliseconds after which a busy module has announced a packet, if it ever does.
  private static let announcementDelay: Int64 = 1000

  /// The module's table is going to be read.
  mutating func beginAudit() { settled = RowSet() }

  /// A session that the module was found to have when all of it was read, which it may have had for long: from peers,
  /// or from before this program started.
  ///
  /// What counts if the table has something else is who spoke of it, or saw packets of it, last.
  mutating func reconcile(_ session: SessionEntry, origin: UInt8 = 0, now: Instant) {
    feed.open()
    guard let row = table.row(like: session), let known = table.session(like: session, now: now) else {
      return reconcile(unknown: session, origin: origin, now: now)
    }
    guard settled?.insert(row) != false else { return }
    guard known.origin != 0 else { return learn(session, origin: origin, isRead: true, now: now) }
    let isSame = session.saysTheSame(as: known.entry)
    if !isSame {
      let isLater =
        isFresher(session, than: known.entry, origin: origin, now: now) && !isProbe(session, of: known.entry)
      return isLater
        ? learn(session, origin: origin, isRead: true, now: now) : putRight(session, as: known, row, now: now)
    }
    // With timeouts that differ, the module has less than the table, and that is right.
    let lacksLife = feed.terms.share(of: known)?.lives(longerThan: session) == true
    let isOverheard = overheard.contains(SessionKey(session))
    if isOverheard || lacksLife {
      // A packet may have come through here meanwhile, and then the module of who had the session before lacks it.
      let age = isOverheard ? 0 : UInt32(clamping: limits.idle(session))
      confirm(known, origin: origin, age: age, now: now)
    }
    if session.lives(longerThan: known.entry) {
      learn(session, origin: origin, isRead: true, now: now)
    } else if lacksLife {
      feed.agree(row, now: now)
    }
  }

  /// The table has nothing like it.
  private mutating func reconcile(unknown session: SessionEntry, origin: UInt8, now: Instant) {
    if origin == 0, limits.idle(session) >= Self.announcementDelay { counters.unannounced += 1 }
    let entries = table.conflicts(with: session)
    let rivals = entries.flatMap { table.sessions(of: $0, now: now) }
    guard rivals.allSatisfy({ isFresher(session, than: $0.entry, origin: origin, now: now) }) else {
      return feed.agree(evicting: [session.bibEntry], by: entries, now: now)
    }
    // Peers that cannot be heard now may have said something since its last packet.
    let isOverheard = overheard.contains(SessionKey(session))
    let age = isOverheard || !rivals.isEmpty ? 0 : UInt32(clamping: limits.idle(session))
    learn(session, origin: origin, age: age, isRead: true, now: now)
  }

  /// The table's word is the later one.
  private mutating func putRight(
    _ session: SessionEntry, as known: SessionTable.Session, _ row: UInt32, now: Instant
  ) {
    if session.source4 == known.entry.source4 {
      feed.agree(row, now: now)
    } else {
      feed.agree(evicting: [session.bibEntry], by: [known.entry.bibEntry], now: now)
    }
  }

  /// The module's whole table was reconciled.
  /// - Parameter completing: whether the module should get what it lacks.
  mutating func finishAudit(completing: Bool, now: Instant) {
    if completing, let settled {
      feed.open()
      feed.beginRefill(without: settled, now: now)
    }
    settled = nil
    overheard = OverheardSessions()
  }

  /// Whether what the module has is later than what was told. Where the times cannot tell, it is if a packet may have
  /// made it so: what the module was told has more life than any packet gives.
  /// - Parameter origin: `legacyOrigin` at the program's start.
  private func isFresher(_ session: SessionEntry, than other: SessionEntry, origin: UInt8, now: Instant) -> Bool {
    if overheard.contains(SessionKey(session)) { return true }
    let hasSlack = session.expiration > limits.timeout(of: session)
    var idle = limits.idle(session)
    // Packets since the program's start were announced. So what looks like one of them is what is left of slack.
    if origin == Self.legacyOrigin, !hasSlack, idle < Milliseconds(started.duration(to: now)).rawValue {
      idle += Int64(limits.slack(of: session))
    }
    return idle <= limits.idle(other) + (hasSlack ? -200 : 200)
  }

  /// Whether a TCP session of the module is in another state only because its module has asked both ends whether they
  /// are still there. It does so when an established session ends, on a standby, too, and announces nothing.
  private func isProbe(_ session: SessionEntry, of known: SessionEntry) -> Bool {
    guard session.proto == .tcp, session.state == .trans, known.state == .established,
      session.source4 == known.source4, !overheard.contains(SessionKey(session))
    else { return false }
    // It ended early here: by as much as others give it more life.
    return UInt64(known.expiration.rawValue)
      <= UInt64(limits.tcpTransitory.rawValue) + UInt64(groupLimits.slack(of: known))
  }
}
