public import JoolCore

/// Reading the module's table.
extension SessionProxy {
  public mutating func requestAudit(_ reason: Audit) {
    audit = max(audit ?? reason, reason)
    guard reason != .advertisement, reason != .precaution else { return }
    mark.reset()
    if reason == .repair { node?.fallBack(because: .module) }
  }

  /// Why the module's table should be read now, once. `nil`: it should not.
  ///
  /// One at a time, and not before the module has what the last one found it to lack.
  public mutating func takeAudit() -> Audit? {
    guard let reason = audit, canAdd, let state = node?.auditReadiness, state.isFree, !state.isListening,
      reason != .start || state.hasTable
    else { return nil }
    audit = nil
    isRefillDue = true
    node?.feed.willRefill()
    node?.beginAudit()
    return reason
  }

  /// The static BIB entries of the module, all of them: no session of the group may remove one.
  package mutating func use(_ statics: StaticEntries) { node?.feed.use(statics) }

  /// Some of what the module has. All of it was read.
  public mutating func reconcile(_ sessions: some Sequence<SessionEntry>, because reason: Audit, now: Instant) {
    for session in sessions {
      guard let pool6 = kernel?.pool6, (try? session.checkValues(pool6: pool6)) != nil else {
        counters.refusedRecords += 1
        continue
      }
      node?.reconcile(session, origin: reason == .start ? SyncNode.legacyOrigin : 0, now: now)
    }
  }

  /// The module's table was reconciled.
  /// - Parameter isComplete: whether all of it could be read.
  public mutating func finishAudit(isComplete: Bool, now: Instant) {
    if isComplete, canAdd { node?.feed.open() }
    if isComplete { auditedAt = now }
    node?.finishAudit(completing: isComplete && isRefillDue, now: now)
    if !isComplete, isRefillDue { node?.feed.moduleMayLack() }
    isRefillDue = false
  }

  /// How many sessions were found that the module should have announced, since the last time.
  package mutating func takeUnannounced() -> UInt64 {
    let all = node?.counters.unannounced ?? 0
    defer { unannouncedBefore = all }
    return all - min(unannouncedBefore, all)
  }
}

extension SyncNode {
  /// What an audit has to wait for.
  fileprivate var auditReadiness: (isFree: Bool, isListening: Bool, hasTable: Bool) {
    // What the module has may be older than what a node that slept is told now.
    let isLate = state.hasTable && (readiness.isHeld || pulls.receiver?.purpose == .losses)
    return (settled == nil && !feed.isRefilling && !isLate, isListening, state.hasTable || isFirst)
  }
}
