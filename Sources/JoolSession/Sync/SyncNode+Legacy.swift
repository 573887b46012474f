internal import JoolCore

/// The sessions that C proxies send. Their records have neither a version nor a sequence number, and each node may miss
/// different ones. So one node sends them again for all nodes, as if its own module had announced them.
extension SyncNode {
  /// Stores a session that a C proxy sent.
  ///
  /// The latest record of a C proxy always wins, because it has no version to compare.
  ///
  /// C proxies send a record for every packet. Slack keeps most of these from the module: the session is stored with a
  /// quarter of its timeout more, and records that do not prolong it further are dropped.
  mutating func receiveLegacy(_ session: SessionEntry, now: Instant) {
    var word = session
    word.expiration = limits.withSlack(session)
    if let known = table.session(like: session, now: now), session.hasSameContent(as: known.entry),
      session.expiration <= known.entry.expiration
    {
      counters.coalesced += 1
      return
    }
    guard !isEnded(session, now: now) else {
      counters.outdated += 1
      return
    }
    let record = SyncRecord(session: word, version: .unassigned)
    // The rivals give way, because the C proxy's module has removed them already.
    if let rivals = store(record, origin: Self.legacyOrigin, isForced: true, now: now) {
      queueForModule(word, rivals: rivals, now: now)
    } else if removal(of: session, now: now) == nil {
      return
    }
    // The table takes nothing of a removed client that has no version. Then the session is stored when it gets one.
    records.legacySessions.add(word, rank: legacyRank(now: now), now: now)
  }

  /// Sends the records of C proxies that no other node has sent meanwhile.
  ///
  /// C proxies do not get them, because they have received them themselves.
  mutating func sendLegacySessions(now: Instant) {
    guard let due = records.legacySessions.deadline, due <= now else { return }
    // Wait while this node may not have received the group's versions yet, because its own could be lower.
    guard !isListening else { return records.legacySessions.wait(until: now + PendingLegacySessions.longestWait) }
    flush(now: now)  // what the module announced before
    var sent: [SyncRecord] = []
    for word in records.legacySessions.takeDue(now: now) where !isEnded(word, now: now) {
      var record = SyncRecord(session: word, version: records.clock.next(now: now))
      let known = table.session(like: word, now: now)
      if let known, word.hasSameContent(as: known.entry) {
        record.session.expiration = max(word.expiration, known.entry.expiration)
      }
      guard let rivals = store(record, origin: Self.legacyOrigin, now: now) else { continue }
      sent.append(record)
      // The module has the session already, unless another record has replaced it in the table meanwhile.
      if known?.version != .unassigned { queueForModule(record.session, rivals: rivals, now: now) }
    }
    guard !sent.isEmpty else { return }
    counters.changesSent += UInt64(sent.count)
    transmitter.send(updates: sent, now: now)
  }

  /// The rank of this node: how many of the nodes that it hears send a C proxy's record before this one does.
  private func legacyRank(now: Instant) -> Int {
    peers.heard(now: now).count { $0.hello.may && ($0.incarnation < identity || !right.may) }
  }
}
