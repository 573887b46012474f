internal import JoolCore

/// What C proxies say. It has no version and no number, and each node may miss another part of it. So one node says it
/// again for all of them, like a word of its own module.
extension SyncNode {
  /// A session that a C proxy tells of: its latest word is the truth, whatever its order.
  ///
  /// It tells of every packet. Here, too, slack keeps that from the module: the session gets a quarter of its timeout
  /// more, and what it does not prolong then is no news.
  mutating func hearLegacy(_ session: SessionEntry, now: Instant) {
    var word = session
    word.expiration = limits.withSlack(session)
    if let known = table.session(like: session, now: now), session.saysTheSame(as: known.entry),
      session.expiration <= known.entry.expiration
    {
      counters.coalesced += 1
      return
    }
    let record = SyncRecord(session: word, version: .unsaid)
    // Its module has made room already.
    guard let rivals = store(record, origin: Self.legacyOrigin, isForced: true, now: now) else { return }
    tellModule(word, rivals: rivals, now: now)
    legacyWords.add(word, rank: legacyRank(now: now), now: now)
  }

  /// Says what no other node has said meanwhile. C proxies have heard it themselves: they are not told.
  mutating func sayLegacyWords(now: Instant) {
    guard let due = legacyWords.deadline, due <= now else { return }
    // What is said before anybody was heard could be older than what was said.
    guard !isListening else { return legacyWords.wait(until: now + LegacyWords.longestWait) }
    flush(now: now)  // what the module said before
    var records: [SyncRecord] = []
    for word in legacyWords.takeDue(now: now) {
      var record = SyncRecord(session: word, version: clock.next(now: now))
      let known = table.session(like: word, now: now)
      if let known, word.saysTheSame(as: known.entry) {
        record.session.expiration = max(word.expiration, known.entry.expiration)
      }
      guard let rivals = store(record, origin: Self.legacyOrigin, now: now) else { continue }
      records.append(record)
      // The module has it, unless something else has taken its place meanwhile.
      if known?.version != .unsaid { tellModule(record.session, rivals: rivals, now: now) }
    }
    guard !records.isEmpty else { return }
    counters.newsSent += UInt64(records.count)
    send(updates: records, now: now)
  }

  /// How many nodes that are heard say a C proxy's word before this one does.
  private func legacyRank(now: Instant) -> Int {
    peers.heard(now: now).count { $0.hello.may && ($0.incarnation < identity || !right.may) }
  }
}
