internal import JoolCore

/// Audits: the module's table is read and compared with the node's.
extension SessionProxy {
  /// The reason for reading the module's table.
  ///
  /// Each reason includes those before it.
  public enum Audit: Int, Comparable, Sendable {
    /// The program starts. C proxies are sent nothing, because a standby's sessions may be outdated and C proxies would
    /// accept them.
    case start
    /// The module seems to have dropped announcements. This is not certain, so the node stays ready.
    case precaution
    /// Announcements were lost, or the module is new.
    case repair
    /// A user has requested that the whole table be sent.
    case advertisement

    /// Whether `right` includes `left` and is another reason.
    public static func < (left: Audit, right: Audit) -> Bool { left.rawValue < right.rawValue }
  }

  /// Requests an audit.
  ///
  /// If one is requested already, the reason that includes the other one counts. A `repair` makes a ready node mending.
  ///
  /// A mirror has no module to read. On request it sends its own table.
  public mutating func requestAudit(_ reason: Audit) {
    guard !isMirror || reason == .advertisement else { return }
    audits.request(reason)
    guard reason != .advertisement, reason != .precaution else { return }
    module.mark.reset()
    if reason == .repair { node?.fallBack(because: .module) }
  }

  /// How the advertisement that was requested has ended, once; `nil` while it is under way.
  public mutating func takeAdvertisement() -> AdvertisementOutcome? { audits.takeAdvertisement() }

  /// The request for the next page of the module's table; `nil` if the table should not be read now.
  ///
  /// Only one audit runs at a time. The next one begins only after the module has the sessions that the last one found
  /// missing.
  mutating func nextAuditRequest(now: Instant) -> StoreRequest? {
    if audits.requested != nil, !audits.isAuditing, canBeginAudit {
      audits.begin(now: now)
      module.monitor.announcements.auditBegan()
      node?.feed.willRefill()
      node?.beginAudit()
    }
    return audits.current?.request
  }

  /// Whether the module's table can be compared now.
  ///
  /// A node without a table waits until it has one, because the module may announce sessions meanwhile that only an audit
  /// can send.
  private var canBeginAudit: Bool {
    guard module.isUsable, let state = node?.auditReadiness else { return false }
    return state.isFree && state.hasTable
  }

  /// Notes a page of the module's table.
  mutating func noteAudit(_ outcome: StoreRequest.Outcome, now: Instant) {
    guard let reason = audits.current?.reason else { return }
    guard outcome != .failed, outcome != .refused else {
      abandonAudit(.unreadable, now: now)
      return requestAudit(min(reason, .repair))
    }
    // The static entries must be known before anything is compared, because no session of the group may remove one.
    if let statics = audits.current?.note(outcome, now: now) { node?.feed.use(statics) }
  }

  /// Compares the next of the module's sessions with the table.
  /// - Returns: the datagrams that follow from that.
  mutating func continueAudit(sending queue: SendQueueState, now: Instant) -> [[UInt8]] {
    guard let reason = audits.current?.reason else { return [] }
    if reason == .advertisement, queue == .stalled {
      // Nothing can be sent, and another audit may be requested meanwhile.
      abandonAudit(.stalled, now: now)
      requestAudit(.repair)
      return []
    }
    let sessions = audits.current?.nextBurst(sending: queue, now: now) ?? []
    var datagrams: [[UInt8]] = []
    if !sessions.isEmpty {
      reconcile(sessions, because: reason, now: now)
      let legacy: [SessionEntry]? =
        switch reason {
        case .start: []
        case .precaution, .repair: nil
        case .advertisement: sessions
        }
      datagrams = takeOutput(legacy: legacy, sending: queue, now: now)
    }
    if audits.current?.isFinished == true { completeAudit(now: now) }
    return datagrams
  }

  private mutating func reconcile(_ sessions: [SessionEntry], because reason: Audit, now: Instant) {
    for session in sessions {
      guard let pool6 = module.kernel?.pool6, (try? session.checkValues(pool6: pool6)) != nil else {
        counters.refusedRecords += 1
        continue
      }
      node?.reconcile(session, origin: reason == .start ? SyncNode.legacyOrigin : 0, now: now)
    }
  }

  private mutating func completeAudit(now: Instant) {
    guard let reason = audits.current?.reason, let begin = audits.current?.begin, let count = audits.current?.count
    else { return }
    if module.isUsable { node?.feed.open() }
    node?.finishAudit(completing: audits.isRefillDue, now: now)
    let found = audits.newlyUnannounced(of: node?.counters.unannounced ?? 0)
    module.monitor.announcements.auditEnded(
      found: reason == .precaution ? found : nil, after: begin.duration(to: now), now: now)
    audits.completedAt = now
    audits.end(.sent(count))
  }

  /// Abandons the audit under way, if there is one.
  mutating func abandonAudit(_ outcome: AdvertisementOutcome, now: Instant) {
    if audits.isAuditing {
      node?.finishAudit(completing: false, now: now)
      if audits.isRefillDue { node?.feed.requestRefill() }
    }
    audits.end(outcome)
  }
}

extension SyncNode {
  /// The conditions that an audit depends on.
  fileprivate var auditReadiness: (isFree: Bool, hasTable: Bool) {
    // A node that slept, or that is replacing lost updates, first receives its peers' records. The module's sessions
    // may be older than these.
    let isLate = state.hasTable && (readiness.isHeld || pulls.receiver?.purpose == .losses)
    return (!isAuditing && !feed.isRefilling && !isLate, state.hasTable || isFirst)
  }
}
