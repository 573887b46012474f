internal import JoolCore

/// The requests to the module.
extension SessionProxy {
  /// The next request to the module; `nil` if there is none.
  ///
  /// There is one request at a time: the next one may be requested after `finished` was told the outcome.
  public mutating func nextStoreRequest(now: Instant) -> StoreRequest? {
    if module.flushTimer.isDue(now: now) { return .acknowledge }
    guard module.isAttached else { return nil }
    if audits.readsNext, let read = nextAuditRequest(now: now) { return read }
    return nextFeedRequest(now: now) ?? nextAuditRequest(now: now) ?? module.pool4?.request
  }

  /// The next request that makes the module agree with the table; `nil` if there is none.
  mutating func nextFeedRequest(now: Instant) -> StoreRequest? {
    guard let kernel = module.kernel, module.isUsable else { return nil }
    return node?.nextStoreRequest(kernel.format.maxRecordsPerAdd, now: now)
  }

  /// Notes the outcome of a request.
  public mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    switch request {
    case .acknowledge: module.flushTimer.stop()
    case .readBIB, .readSessions:
      audits.readsNext = false
      // A page that an abandoned audit has requested is of no use to the next one.
      if audits.current?.request == request { noteAudit(outcome, now: now) }
    case .readPool4:
      if module.pool4?.request == request { notePool4(outcome, now: now) }
    case .evict: node?.finished(request, outcome, now: now)
    case .add(let sessions):
      audits.readsNext = true
      node?.finished(request, outcome, now: now)
      guard outcome != .failed else { break }
      counters.kernelSentPackets += 1
      counters.kernelSentBytes += UInt64(sessions.count * (module.kernel?.format.recordLength ?? 0))
      counters.sessionsAdded += UInt64(sessions.count)
      if outcome != .refused { module.addsTaken += 1 }
    }
    switch (request, outcome) {
    case (.evict, .failed), (.add, .failed): requestRefill()
    case (_, .refused): counters.kernelRefusals += 1
    default: break
    }
  }

  /// Updates whether the module has everything that the table has.
  ///
  /// Call this each turn.
  public mutating func updateReadiness(now: Instant) {
    if let last = audits.completedAt, now - last >= ModuleTerms.renewal,
      node.borrowed({ $0.feed.terms.isCapped }) == true
    {
      audits.completedAt = now
      requestAudit(.precaution)
    }
    let isAuditing = audits.isAuditing || audits.requested != nil
    counters.supersededRecords =
      node?.updateReadiness(&module.mark, isAuditing: isAuditing, isUsable: module.isUsable, now: now) ?? 0
    updateModuleProgress(now: now)
  }

  /// Passes the module's progress to the node, whose state depends on it.
  mutating func updateModuleProgress(now: Instant) {
    // A mirror has no module that could lack anything.
    guard !isMirror else {
      node?.note(module: .met)
      return
    }
    // This runs each turn, so it avoids calls that would copy the proxy.
    let mark = module.mark
    node?.note(module: !module.isUsable ? .away : mark.isLate(now: now) ? .late : mark.isMet ? .met : .unmet)
  }

  /// Stops writing to the module, because it is gone or takes no sessions.
  ///
  /// The next audit finds out what it lacks. The node is told at once, because its peers must learn soon that it gives
  /// up the addresses.
  mutating func closeFeed() {
    node?.feed.close()
    node?.note(module: .away)
    module.mark.reset()
    audits.isRefillDue = false
  }

  /// The finding that static BIB entries keep sessions of the group out of the module.
  ///
  /// `nil` if none does.
  var staticFinding: String? {
    guard node?.feed.meetsStatics == true else { return nil }
    return "A static BIB entry of this node contradicts sessions of the group, so its module does not get them. "
      + "Compare `jool bib display` on all nodes. Then remove the entry here, or add it on all nodes."
  }
}
