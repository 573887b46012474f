import JoolCore

/// The check that removals are for good.
extension Oracle {
  /// Checks that no session of a removed client is there without a packet since the removal.
  mutating func watchReturns(_ node: Int, _ simulated: SimulatedNode, now: Moment) {
    guard isOpen(.noReturns), !removals.isEmpty, calm(now) > .seconds(6 + pullTime), verdicts[node].state == .ready
    else { return }
    let isModuleWatched = hasModuleSettled(node, simulated, now)
    let local = simulated.clock.local(now)
    for bib in removals.keys.sorted() {
      guard let removal = removals[bib], removal.isCertain else { continue }
      for server in 0..<plan.servers {
        let session = bib * plan.servers + server
        guard truths[session].lastPacket < removal.at else { continue }
        let passed = (now - removal.at).inSeconds
        if seen[node].rows[session].expires > 0 {
          violate(
            .noReturns, now, node: node,
            "the table has \(plan.name(session)), whose client was removed \(passed) s ago and has sent nothing since")
        }
        if isModuleWatched, simulated.module.has(session, now: local), !simulated.module.isStatic(session) {
          violate(
            .noReturns, now, node: node,
            "the module has \(plan.name(session)), whose client was removed \(passed) s ago and has sent nothing since")
        }
      }
    }
  }
}
