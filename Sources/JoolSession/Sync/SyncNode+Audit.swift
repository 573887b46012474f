internal import JoolCore

/// Audits: comparisons of the table with the module's, when the program starts and when either may have missed
/// something.
extension SyncNode {
  /// The number of milliseconds within which even a busy module announces a packet, if it announces it at all.
  private static let announcementDelay: Int64 = 1000

  /// Begins an audit: the module's table is read next.
  mutating func beginAudit() { module.audit.begin() }

  /// Compares a session that an audit read from the module with the table.
  ///
  /// The module may have had it for long: from peers, or from before this program started.
  ///
  /// If the table has another record of it, the one with the later packet or the later update wins (`isFresher`).
  /// - `origin`: `legacyOrigin` at the program's start, otherwise 0.
  mutating func reconcile(_ session: SessionEntry, origin: UInt8 = 0, now: Instant) {
    feed.open()
    guard let row = table.row(like: session), let known = table.session(like: session, now: now) else {
      return reconcile(unknown: session, origin: origin, now: now)
    }
    guard module.audit.exclude(row) else { return }
    guard known.origin != 0 else { return learn(session, origin: origin, isRead: true, now: now) }
    let isSame = session.hasSameContent(as: known.entry)
    if !isSame {
      // With another mask, the session would also end the sessions of the client that has the mask.
      let rivals = table.conflicts(with: session)
      let isLater =
        isFresher(session, than: known.entry, origin: origin, now: now) && !isProbe(session, of: known.entry)
        && !isMisplaced(session, for: known.entry) && isFresher(session, thanAllOf: rivals, origin: origin, now: now)
      return isLater
        ? learn(session, origin: origin, isRead: true, now: now) : correct(session, row, against: rivals, now: now)
    }
    // If the group's timeouts differ, the module rightly has less time left than the table, and `share` accounts for
    // that.
    let lacksLife = feed.terms.share(of: known)?.lives(longerThan: session) == true
    let wasAnnouncedEarly = module.audit.wasAnnouncedEarly(session)
    if wasAnnouncedEarly || lacksLife {
      // Advertise the session again: a packet may have passed through this node meanwhile, which the module of the
      // session's former node does not know of.
      let age = wasAnnouncedEarly ? 0 : UInt32(clamping: limits.idle(session))
      confirm(known, origin: origin, age: age, now: now)
    }
    if session.lives(longerThan: known.entry) {
      learn(session, origin: origin, isRead: true, now: now)
    } else if lacksLife {
      feed.agree(row, now: now)
    }
  }

  /// Merges a session of the module that the table does not have.
  private mutating func reconcile(unknown session: SessionEntry, origin: UInt8, now: Instant) {
    if origin == 0, limits.idle(session) >= Self.announcementDelay { counters.unannounced += 1 }
    guard !mayBeEnded(session, now: now) else { return evict([session.bibEntry], now: now) }
    let entries = table.conflicts(with: session)
    guard isFresher(session, thanAllOf: entries, origin: origin, now: now) else {
      return feed.agree(evicting: [session.bibEntry], by: entries, now: now)
    }
    // The version is as old as the session's last packet, because peers that are not heard now may have sent something
    // since then.
    let wasAnnouncedEarly = module.audit.wasAnnouncedEarly(session)
    let age = wasAnnouncedEarly || !entries.isEmpty ? 0 : UInt32(clamping: limits.idle(session))
    learn(session, origin: origin, age: age, isRead: true, now: now)
  }

  /// Makes the module agree with the table, whose record is the newer one.
  /// - `rivals`: the BIB entries of the table that the module's session contradicts.
  private mutating func correct(
    _ session: SessionEntry, _ row: UInt32, against rivals: [BIBEntry], now: Instant
  ) {
    if rivals.isEmpty {
      feed.agree(row, now: now)
    } else {
      feed.agree(evicting: [session.bibEntry], by: rivals, now: now)
    }
  }

  /// Whether the module's record is newer than all sessions of the BIB entries that it contradicts.
  private func isFresher(
    _ session: SessionEntry, thanAllOf rivals: [BIBEntry], origin: UInt8, now: Instant
  ) -> Bool {
    rivals.allSatisfy { entry in
      table.sessions(of: entry, now: now).allSatisfy {
        isFresher(session, than: $0.entry, origin: origin, now: now)
      }
    }
  }

  /// Ends an audit.
  /// - `completing`: whether the module should get what it lacks. Its whole table was reconciled in that case.
  mutating func finishAudit(completing: Bool, now: Instant) {
    guard let present = module.audit.end(), completing else { return }
    feed.open()
    feed.beginRefill(without: present, now: now)
  }

  /// Whether the module's record is newer than the table's.
  ///
  /// If the idle times are too close to decide (200 ms), the module's wins unless it has more time left than the
  /// timeout. Only a record that the module was given has that much, because no packet gives a session slack.
  /// - `origin`: `legacyOrigin` at the program's start, otherwise 0.
  private func isFresher(_ session: SessionEntry, than other: SessionEntry, origin: UInt8, now: Instant) -> Bool {
    if module.audit.wasAnnouncedEarly(session) { return !isCertainlyLater(other, than: session) }
    let hasSlack = session.expiration > limits.timeout(of: session)
    var idle = limits.idle(session)
    // The module has announced all packets since the program's start. So if a session that was not announced seems to
    // have had one since then, it has a part of its slack left.
    if origin == Self.legacyOrigin, !hasSlack,
      idle < Milliseconds(clamping: module.audit.since.duration(to: now)).rawValue
    {
      idle += Int64(limits.slack(of: session))
    }
    return idle <= limits.idle(other) + (hasSlack ? -200 : 200)
  }

  /// Whether the table's session had a packet after that with which the module has announced its own.
  ///
  /// That packet may be from long before the audit, if the node got no table for long. What is left of the timeout in the
  /// table may be slack, so only a session with more time left than the timeout is certainly later.
  private func isCertainlyLater(_ other: SessionEntry, than session: SessionEntry) -> Bool {
    other.expiration > limits.timeout(of: other) && limits.idle(other) + 200 < limits.idle(session)
  }

  /// Whether the state of the module's TCP session differs only because the module has asked both ends whether they are
  /// still there (RFC 6146 §3.5.2).
  ///
  /// A module does so when an established session expires, on a standby, too, and does not announce it.
  private func isProbe(_ session: SessionEntry, of known: SessionEntry) -> Bool {
    guard session.proto == .tcp, session.state == .trans, known.state == .established,
      session.source4 == known.source4, !module.audit.wasAnnouncedEarly(session)
    else { return false }
    // The established session expired earlier in the module than in the table, by at most the group's slack.
    return UInt64(known.expiration.rawValue)
      <= UInt64(limits.tcpTransitory.rawValue) + UInt64(feed.terms.group.slack(of: known))
  }

  /// Whether the module has put the table's session under a static BIB entry.
  ///
  /// It ignores the mask of a record whose client has an entry already. So it would seem to have a newer session, and
  /// that would remove the mask's owner everywhere.
  private func isMisplaced(_ session: SessionEntry, for known: SessionEntry) -> Bool {
    session.source4 != known.source4 && feed.terms.statics.contains(session.bibEntry)
      && !module.audit.wasAnnouncedEarly(session)
  }
}
