internal import JoolCore

/// What the module should get.
extension SessionProxy {
  /// What the module should be asked for now; the same until `finished` says what became of it. `nil`: nothing.
  public mutating func nextStoreRequest(now: Instant) -> StoreRequest? {
    guard isAttached, let kernel, kernel.isEnabled else { return nil }
    return node?.nextStoreRequest(kernel.format.maxRecordsPerAdd, now: now)
  }

  /// What became of a request.
  public mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    node?.finished(request, outcome, now: now)
    switch (request, outcome) {
    case (_, .failed): moduleMayLack()
    case (.evict, .refused): counters.kernelRefusals += 1
    case (.evict, .done), (.evict, .isStatic): break
    case (.add(let sessions), _):
      counters.kernelSentPackets += 1
      counters.kernelSentBytes += UInt64(sessions.count * (kernel?.format.recordLength ?? 0))
      counters.sessionsAdded += UInt64(sessions.count)
      if outcome == .refused { counters.kernelRefusals += 1 } else { addsTaken += 1 }
    }
  }

  /// Notes whether the module has everything that the table has. Each turn.
  /// - Parameter isAuditing: whether its table is being read.
  public mutating func noteProgress(isAuditing: Bool, now: Instant) {
    let isUsable = isAttached && kernel?.isEnabled == true
    if let last = auditedAt, now - last >= ModuleTerms.renewal, node.borrowed({ $0.feed.terms.isCapped }) == true {
      auditedAt = now
      requestAudit(.precaution)
    }
    let isAuditing = isAuditing || audit != nil
    counters.supersededRecords =
      node?.noteProgress(&mark, isAuditing: isAuditing, isUsable: isUsable, now: now) ?? 0
    tellNode(now: now)
  }

  /// The node's state depends on what the module has.
  mutating func tellNode(now: Instant) {
    // Without calls that would copy this proxy: it is done each turn.
    let isUsable = isAttached && kernel?.isEnabled == true
    node?.tell(!isUsable ? .away : mark.isLate(now: now) ? .late : mark.isMet ? .met : .unmet)
  }

  /// The module is gone, or takes nothing. The audit that follows finds out what it lacks then.
  mutating func closeFeed() {
    node?.feed.close()
    mark.reset()
    isRefillDue = false
  }

  /// What keeps sessions of the group out of the module.
  var staticFinding: String? {
    guard node?.feed.meetsStatics == true else { return nil }
    return "A static BIB entry of this node contradicts sessions of the group: they do not get into its module. "
      + "Compare `jool bib display` with the other nodes', and remove it or add it everywhere."
  }
}
