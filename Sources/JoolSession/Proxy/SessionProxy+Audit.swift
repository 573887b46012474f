public import JoolCore

/// Audits: the module's table is read and compared with the node's.
extension SessionProxy {
  /// Requests an audit.
  ///
  /// If one is requested already, the reason that includes the other one counts. A `repair` makes a ready node mending.
  public mutating func requestAudit(_ reason: Audit) {
    audit = max(audit ?? reason, reason)
    guard reason != .advertisement, reason != .precaution else { return }
    mark.reset()
    if reason == .repair { node?.fallBack(because: .module) }
  }

  /// Begins the requested audit, if the module's table should be read now.
  ///
  /// Only one audit runs at a time. The next one begins only after the module has the sessions that the last one found
  /// missing.
  /// - Returns: the reason of the audit, once; `nil` if the table should not be read now.
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

  /// Replaces the known static BIB entries of the module.
  ///
  /// `statics` must contain all of them, because no session of the group may remove one.
  package mutating func use(_ statics: StaticEntries) { node?.feed.use(statics) }

  /// Compares some of the module's sessions with the table.
  ///
  /// The module's whole table must have been read before.
  public mutating func reconcile(_ sessions: some Sequence<SessionEntry>, because reason: Audit, now: Instant) {
    for session in sessions {
      guard let pool6 = kernel?.pool6, (try? session.checkValues(pool6: pool6)) != nil else {
        counters.refusedRecords += 1
        continue
      }
      node?.reconcile(session, origin: reason == .start ? SyncNode.legacyOrigin : 0, now: now)
    }
  }

  /// Ends the audit, after the module's sessions were reconciled.
  /// - Parameters:
  ///   - isComplete: whether the module's whole table could be read.
  ///   - now: the present time.
  public mutating func finishAudit(isComplete: Bool, now: Instant) {
    if isComplete, canAdd { node?.feed.open() }
    if isComplete { auditedAt = now }
    node?.finishAudit(completing: isComplete && isRefillDue, now: now)
    if !isComplete, isRefillDue { node?.feed.requestRefill() }
    isRefillDue = false
  }

  /// The number of sessions that audits have found since the last call although the module should have announced them.
  package mutating func takeUnannounced() -> UInt64 {
    let all = node?.counters.unannounced ?? 0
    defer { unannouncedBefore = all }
    return all - min(unannouncedBefore, all)
  }
}

extension SyncNode {
  /// The conditions that an audit depends on.
  fileprivate var auditReadiness: (isFree: Bool, isListening: Bool, hasTable: Bool) {
    // A node that slept, or that is replacing lost updates, first receives its peers' records. The module's sessions
    // may be older than these.
    let isLate = state.hasTable && (readiness.isHeld || pulls.receiver?.purpose == .losses)
    return (!isAuditing && !feed.isRefilling && !isLate, isListening, state.hasTable || isFirst)
  }
}
