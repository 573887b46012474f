import JoolCore
import JoolSession

/// What is lost when all that have it end.
extension Oracle {
  /// Notes that a table, a module or a disk has ended: nothing is owed any more that nobody has kept.
  ///
  /// This is about groups with mirrors, because there all nodes with a module may end at once.
  mutating func forgetWhatIsLost(_ nodes: [SimulatedNode], now: Moment) {
    guard scenario.nodes.contains(where: \.isMirror) else { return }
    var kept = Kept(
      records: Array(repeating: (0, false), count: plan.sessions),
      modules: Array(repeating: false, count: plan.sessions))
    for node in nodes {
      let hasTable = node.core.verdict.state == .mending || node.core.verdict.state == .ready
      // A starting mirror has the table of its snapshot.
      if node.isUp, hasTable || node.isMirror { note(tableOf: node, in: &kept, now) }
      if node.isAttached, !node.isMirror { note(moduleOf: node, in: &kept, now) }
      if let saved = node.disk.completed.flatMap({ SavedSnapshot($0) }) { note(saved, of: node, in: &kept, now) }
    }
    for session in truths.indices where truths[session].isOwed && !isKept(session, kept) {
      truths[session].isOwed = false
    }
    removals = removals.filter { bib, removal in kept.removals[bib].map { $0 >= removal.version } ?? false }
  }

  /// Whether the newest record of a session that is kept is as its last packet has left it, and was not removed.
  private func isKept(_ session: Int, _ kept: Kept) -> Bool {
    if kept.modules[session] { return true }
    let (version, isAsTruth) = kept.records[session]
    return isAsTruth && kept.removals[plan.bib(of: session)].map { $0 < version } ?? true
  }

  /// What is kept.
  private struct Kept {
    /// The highest version of each session in tables and on disks, and whether that record is as the last packet has left
    /// the session.
    var records: [(version: UInt64, isAsTruth: Bool)]
    /// Whether a module has the session so.
    var modules: [Bool]
    /// The versions of the removals.
    var removals: [Int: UInt64] = [:]

    mutating func note(_ bib: Int, _ removal: Removal) {
      removals[bib] = max(removals[bib] ?? 0, removal.version.rawValue)
    }
  }

  private func note(tableOf node: SimulatedNode, in kept: inout Kept, _ now: Moment) {
    let time = node.time(now)
    node.core.table?.forEach(now: time.now) { note($0.entry, $0.version.rawValue, in: &kept, now) }
    node.core.table?.forEachRemoval(now: time.now) { if let bib = bib(of: $0) { kept.note(bib, $0) } }
  }

  private func note(moduleOf node: SimulatedNode, in kept: inout Kept, _ now: Moment) {
    let local = node.clock.local(now)
    for session in truths.indices where node.module.has(session, now: local) {
      let (entry, truth) = (node.module.entries[session], truths[session])
      let isWhole = now + entry.expires - local > truth.until - .seconds(0.5)
      if entry.mask == truth.mask, entry.state == truth.state, isWhole { kept.modules[session] = true }
    }
  }

  private func note(_ saved: SavedSnapshot, of node: SimulatedNode, in kept: inout Kept, _ now: Moment) {
    let elapsed = saved.snapshot.taken.elapsed(to: node.snapshotMoment(now)).milliseconds
    for record in saved.records {
      switch record {
      case .session(let session):
        var entry = session.entry
        entry.expiration = Milliseconds(UInt32(clamping: Int64(entry.expiration.rawValue) - Int64(clamping: elapsed)))
        note(entry, session.version.rawValue, in: &kept, now)
      case .removal(let removal): if let bib = bib(of: removal) { kept.note(bib, removal) }
      }
    }
  }

  /// Notes a record of a session.
  private func note(_ entry: SessionEntry, _ version: UInt64, in kept: inout Kept, _ now: Moment) {
    guard let session = plan.session(of: entry), let mask = plan.mask(of: entry.source4) else { return }
    guard entry.expiration.rawValue > 0, version >= kept.records[session].version else { return }
    let truth = truths[session]
    let expires = now + Int(entry.expiration.rawValue) * 1000
    let isAsTruth =
      truth.mask == Int32(mask) && truth.state == entry.state.rawValue && expires > truth.until - .seconds(0.5)
    kept.records[session] = (version, isAsTruth)
  }

  private func bib(of removal: Removal) -> Int? {
    plan.client(of: removal.entry.source6).map { Int(removal.entry.proto.rawValue) * plan.clients + $0 }
  }
}
