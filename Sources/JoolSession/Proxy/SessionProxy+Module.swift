internal import JoolCore

/// What the module shows of itself: whether it is there, its settings, its counters, its pool4.
extension SessionProxy {
  /// Something that a look at the module has shown, and that a user should know.
  package enum Observation: Hashable, Sendable {
    /// The counters of the instance have restarted, so the instance is new. The proxy compares its table.
    case restarted
    /// The module dropped this number of sessions, because its queue was full. The proxy reads the module's table
    /// instead.
    case dropped(UInt64)
  }

  /// Notes that the module is there, and what a look at it has shown.
  ///
  /// Call this every two seconds.
  /// - Parameters:
  ///   - inspection: the answers of the module.
  ///   - clock: the time of day in milliseconds since 1970.
  ///   - now: the present time.
  /// - Returns: what the user should know.
  package mutating func inspected(_ inspection: ModuleInspection, clock: UInt64, now: Instant) -> [Observation] {
    attached(inspection.kernel, clock: clock, now: now)
    module.flushTimer.deadline = inspection.flushDeadline
    guard !inspection.statistics.isEmpty else { return [] }
    var observations: [Observation] = []
    if module.monitor.instance.isNew(inspection.statistics, given: module.addsTaken) {
      observations.append(.restarted)
      requestRefill()
    }
    if inspection.isEnabled, inspection.module <= AnnouncementMonitor.lastThatDropsSilently {
      monitorAnnouncements(inspection, now: now)
    }
    let drops = module.monitor.queue.read(inspection.statistics)
    counters.queueDrops += drops
    if drops > 0 { observations.append(.dropped(drops)) }
    if module.monitor.queue.shouldRepair(now: now) { requestAudit(.repair) }
    if module.pool4 == nil, module.monitor.group.isReadingDue(now: now) { module.pool4 = Pool4Reading(now: now) }
    let inputs = groupInputs(now: now)
    if module.monitor.group.hasChanged(inputs, now: now) { compareSettings(now: now) }
    return observations
  }

  private mutating func monitorAnnouncements(_ inspection: ModuleInspection, now: Instant) {
    let maxDelay = inspection.flushDeadline + AnnouncementMonitor.delay
    module.monitor.announcements.look(
      inspection.statistics, announced: module.announcements, maxDelay: maxDelay, now: now)
    if node?.isReady == true, module.monitor.announcements.isAuditDue(maxDelay: maxDelay, now: now) {
      requestAudit(.precaution)
    }
  }

  /// Notes that the module is there, with these properties.
  ///
  /// Call this after each inspection of the module.
  /// - Parameters:
  ///   - kernel: the properties of the module.
  ///   - clock: the time of day in milliseconds since 1970.
  ///   - now: the present time.
  public mutating func attached(_ kernel: Kernel, clock: UInt64 = 0, now: Instant) {
    module.startedAt = module.startedAt ?? now
    let wasUsable = module.isUsable
    // The module stores the time of a session's last packet, not the expiration. When a timeout changes, the sessions
    // that it was given expire at other times, so they must be given to it again.
    let haveLimitsChanged = module.isAttached && module.kernel.map { $0.limits != kernel.limits } ?? false
    // The sessions that were read so far have the former prefix.
    if let former = module.kernel?.pool6, former != kernel.pool6 { abandonReading(.otherPool6, now: now) }
    module.isAttached = true
    module.kernel = kernel
    node?.use(kernel.limits, now: now)
    if !kernel.isEnabled { closeFeed() }
    if node?.table.pool6 != kernel.pool6 {
      node = makeNode(kernel, clock: clock, now: now)
    } else if !wasUsable || haveLimitsChanged, kernel.isEnabled {
      requestRefill()
    }
  }

  /// Notes that the module is gone.
  ///
  /// Peers' sessions are stored in the table meanwhile.
  public mutating func detached(now: Instant) {
    module.flushTimer.stop()
    guard module.isAttached else { return }
    abandonReading(.absent, now: now)
    module.isAttached = false
    closeFeed()
  }

  /// Abandons what is being read from the module.
  mutating func abandonReading(_ outcome: AdvertisementOutcome, now: Instant) {
    module.pool4 = nil
    abandonAudit(outcome, now: now)
  }

  /// Requests an audit, because the module was replaced by a new one or has lost sessions.
  public mutating func requestRefill() {
    guard !isMirror else { return }
    node?.feed.requestRefill()
    requestAudit(.repair)
  }

  /// Adds a page of pool4 to what was read.
  ///
  /// After the last page, pool4 is advertised to the peers.
  mutating func notePool4(_ outcome: StoreRequest.Outcome, now: Instant) {
    switch outcome {
    case .pool4Entries(let entries, let hasMore): module.pool4?.note(entries, hasMore: hasMore)
    case .done: module.pool4?.note([], hasMore: false)
    case .bibEntries, .sessions, .isStatic, .refused, .failed:
      module.pool4 = nil
      return
    }
    guard module.pool4?.request == nil, let finished = module.pool4.take() else { return }
    advertise(pool4: finished.ranges, now: now)
    module.monitor.group.haveRead(since: finished.begin, now: now)
    compareSettings(now: now)
  }

  /// Whether the instance is there, and takes part in the synchronization.
  package var availability: Availability {
    guard module.isAttached else { return .absent }
    return module.kernel?.isEnabled == true ? .enabled : .disabled
  }

  /// Whether an instance is there, and takes part in the synchronization.
  package enum Availability: Hashable, Sendable {
    /// There is no module, or no such instance.
    case absent
    /// `ss-enabled` is off.
    case disabled
    /// `ss-enabled` is on.
    case enabled
  }
}
