internal import JoolCore

/// Removals: mappings that an administrator has ended for good, on all nodes.
extension SyncNode {
  /// The time after a removal in which a session that the module announces is also given to it.
  ///
  /// The module may have removed the session after it had the packet.
  private static let settling = TimeAmount.seconds(10)

  /// Ends mappings, and sends that to the peers.
  ///
  /// The module removes the mappings, too, as soon as anything may be written to it.
  mutating func remove(_ entries: [BIBEntry], now: Instant) {
    flush(now: now)  // what the module announced before
    var sent: [SyncRecord] = []
    for entry in entries {
      let memory = memory(of: entry, now: now)
      let removal = Removal(entry: entry, version: records.clock.next(now: now), memory: memory, left: memory)
      if merge(removal, now: now) { sent.append(SyncRecord(removal)) }
    }
    counters.changesSent += UInt64(sent.count)
    if !sent.isEmpty { transmitter.send(updates: sent, now: now) }
  }

  /// Merges a removal.
  /// - Returns: whether it is news.
  mutating func merge(_ removal: Removal, now: Instant) -> Bool {
    switch table.remember(removal, now: now) {
    case .taken(let ended):
      counters.removals += 1
      evict(ended.contains(removal.entry) ? ended : ended + [removal.entry], now: now)
      return true
    case .repeated: return false
    case .outdated, .refused:
      counters.outdated += 1
      return false
    }
  }

  /// Makes the module remove mappings.
  ///
  /// It gets back what the table has of them, because the client may have begun anew. Static entries stay: they are
  /// configuration.
  mutating func evict(_ entries: [BIBEntry], now: Instant) {
    let dynamic = entries.filter { !feed.terms.statics.contains($0) }
    if !dynamic.isEmpty { feed.agree(evicting: dynamic, by: dynamic, now: now) }
  }

  /// The time for which a removal is remembered: until no older record of the client can exist.
  private func memory(of entry: BIBEntry, now: Instant) -> Milliseconds {
    let known = table.bibEntry(proto: entry.proto, source6: entry.source6)
    let left = known.map { table.sessions(of: $0, now: now).map(\.entry.expiration) } ?? []
    return max(left.max() ?? Milliseconds(0), feed.terms.group.longest(of: entry.proto))
  }

  /// Whether the last packet of a session was before the removal of its client.
  ///
  /// - `session`: the session as the module has announced it, or as a C proxy has sent it.
  func isEnded(_ session: SessionEntry, now: Instant) -> Bool {
    guard table.hasRemovals, let removal = removal(of: session, now: now) else { return false }
    // The announcement may have waited in the socket while the process did not run.
    let waited = selfCheck.pausedSince.map { (now - $0).milliseconds } ?? 0
    return limits.idle(session) + waited >= removal.age
  }

  /// Whether the last packet of a session that an audit has read from the module may have been before the removal of
  /// its client.
  ///
  /// What looks like a recent packet may be the rest of slack. A connection in the state TRANS may have been idle for
  /// any time (`isProbe`), and is about to end in any case.
  func mayBeEnded(_ session: SessionEntry, now: Instant) -> Bool {
    guard table.hasRemovals, let removal = removal(of: session, now: now) else { return false }
    if module.audit.wasAnnouncedEarly(session) { return limits.idle(session) >= removal.age }
    if session.proto == .tcp, session.state == .trans { return true }
    let mayHaveSlack = session.expiration <= limits.timeout(of: session)
    return limits.idle(session) + (mayHaveSlack ? Int64(limits.slack(of: session)) : 0) >= removal.age
  }

  /// The removal of a session's client; `nil` if there is none.
  func removal(of session: SessionEntry, now: Instant) -> Removal? {
    table.removal(proto: session.proto, source6: session.source6, now: now)
  }

  /// The version of a record of a session that was found to be newer than the removal of its client.
  ///
  /// The clock of the node that made the removal may be ahead.
  mutating func versionAboveRemoval(of session: SessionEntry, _ version: Version, now: Instant) -> Version {
    guard table.hasRemovals, let removal = removal(of: session, now: now), version <= removal.version else {
      return version
    }
    let above = records.clock.version(justAfter: removal.version)
    records.clock.note(above)
    return above
  }

  /// Gives the module a session that it has announced, if its client was removed a short time ago.
  mutating func returnToModule(_ session: SessionEntry, now: Instant) {
    guard table.hasRemovals, let removal = removal(of: session, now: now),
      TimeAmount.milliseconds(removal.age) < Self.settling
    else { return }
    queueForModule(session, now: now)
  }
}

extension SessionLimits {
  /// The longest time left that any session of a protocol may have.
  func longest(of proto: L4Protocol) -> Milliseconds {
    let timeout =
      switch proto {
      case .tcp: max(tcpEstablished, tcpTransitory, Self.tcpIncomingSYN)
      case .udp: udp
      case .icmp: icmp
      }
    let (sum, overflow) = timeout.rawValue.addingReportingOverflow(timeout.rawValue / 4)
    return Milliseconds(overflow ? .max : sum)
  }
}
