internal import JoolCore

/// The requests to the module.
extension SessionProxy {
  /// The next request to the module.
  ///
  /// It stays the same until `finished` reports its outcome. `nil` if there is none.
  public mutating func nextStoreRequest(now: Instant) -> StoreRequest? {
    guard isAttached, let kernel, kernel.isEnabled else { return nil }
    return node?.nextStoreRequest(kernel.format.maxRecordsPerAdd, now: now)
  }

  /// Notes the outcome of a request.
  public mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    node?.finished(request, outcome, now: now)
    switch (request, outcome) {
    case (_, .failed): requestRefill()
    case (.evict, .refused): counters.kernelRefusals += 1
    case (.evict, .done), (.evict, .isStatic): break
    case (.add(let sessions), _):
      counters.kernelSentPackets += 1
      counters.kernelSentBytes += UInt64(sessions.count * (kernel?.format.recordLength ?? 0))
      counters.sessionsAdded += UInt64(sessions.count)
      if outcome == .refused { counters.kernelRefusals += 1 } else { addsTaken += 1 }
    }
  }

  /// Updates whether the module has everything that the table has.
  ///
  /// Call this each turn.
  /// - Parameters:
  ///   - isAuditing: whether the module's table is being read.
  ///   - now: the present time.
  public mutating func updateReadiness(isAuditing: Bool, now: Instant) {
    let isUsable = isAttached && kernel?.isEnabled == true
    if let last = auditedAt, now - last >= ModuleTerms.renewal, node.borrowed({ $0.feed.terms.isCapped }) == true {
      auditedAt = now
      requestAudit(.precaution)
    }
    let isAuditing = isAuditing || audit != nil
    counters.supersededRecords =
      node?.updateReadiness(&mark, isAuditing: isAuditing, isUsable: isUsable, now: now) ?? 0
    updateModuleProgress(now: now)
  }

  /// Passes the module's progress to the node, whose state depends on it.
  mutating func updateModuleProgress(now: Instant) {
    // This runs each turn, so it avoids calls that would copy the proxy.
    let isUsable = isAttached && kernel?.isEnabled == true
    node?.note(module: !isUsable ? .away : mark.isLate(now: now) ? .late : mark.isMet ? .met : .unmet)
  }

  /// Stops writing to the module, because it is gone or takes no sessions.
  ///
  /// The next audit finds out what it lacks. The node is told at once, because its peers must learn soon that it gives
  /// up the addresses.
  mutating func closeFeed() {
    node?.feed.close()
    node?.note(module: .away)
    mark.reset()
    isRefillDue = false
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
