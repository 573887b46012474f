import JoolCore

/// What administrators order: the end of mappings, and other timeouts.
extension Oracle {
  /// Notes that an administrator has removed a client's mapping.
  /// - `isCertain`: whether its version is above those of all records of packets before it.
  mutating func removed(_ bib: Int, version: UInt64, isCertain: Bool, now: Moment) {
    removals[bib] = (now, version, isCertain)
    for server in 0..<plan.servers {
      let session = bib * plan.servers + server
      truths[session].isOwed = false
      truths[session].until = min(truths[session].until, now)
    }
  }

  /// A module derives a session's expiry from its last packet, or from the packet that would explain the time left it
  /// was given.
  ///
  /// So longer timeouts prolong all its sessions at once, and its proxy advertises that, with slack if the session
  /// looks fresh.
  mutating func limitsChange(at node: SimulatedNode, now: Moment) {
    limitsChanged = now
    let local = node.clock.local(now)
    for session in truths.indices where truths[session].isKnown && node.module.has(session, now: local) {
      let entry = node.module.entries[session]
      let slack = node.module.timeout(plan.proto(of: session), entry.timer) / 4
      truths[session].latest = max(truths[session].latest, now + min(entry.expires - local + slack, 5 * slack))
    }
  }
}
