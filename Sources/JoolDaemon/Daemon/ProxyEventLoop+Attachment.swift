internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// Handles a module, an instance and interfaces that appear and disappear.
extension ProxyEventLoop {
  mutating func check(_ now: Instant) {
    nextCheck = now + Self.checkInterval
    do throws(JoolError) {
      if link == nil { link = try ModuleConnection(instance: configuration.instance) }
      if let inspection = try link?.inspect() {
        attach(inspection)
        flushTimer.deadline = inspection.flushDeadline
        let statistics = try link?.client.statistics() ?? []
        if instanceMonitor.isNew(statistics, given: proxy.addsTaken) {
          log.notice(
            "The counters of the instance '\(configuration.instance)' have restarted; the proxy compares its table.")
          proxy.requestRefill()
        }
        if inspection.isEnabled, inspection.module <= AnnouncementMonitor.lastThatDropsSilently {
          monitorAnnouncements(statistics, within: inspection.flushDeadline, now: now)
        }
        monitorQueue(statistics, now: now)
        monitorGroup(now)
      } else {
        // The socket stays open, because the first message of a new instance with that name shows that it exists.
        wait(because: nil)
      }
    } catch {
      detach(because: error)
    }
    for finding in group.news(in: proxy.findings(now: now)) { log.warning("\(finding)") }
    network.heal(log: log)
    statistics?.heal(log: log)
    proxy.path = configuration.mtu.map { PathMTU(mtu: $0) } ?? network.path
    readiness.note(proxy.noPeerReason(now: now), now: now, log: log)
    readiness.reassert(now: now, log: log)
    if control == nil { reclaimControl(now) }
  }

  /// Tries to take the control name, whose holder may have ended.
  ///
  /// If another proxy holds it, the administrator is warned, because only they can decide which of the two should end.
  private mutating func reclaimControl(_ now: Instant) {
    control = try? ControlSocket(instance: configuration.instance)
    if control != nil {
      log.notice("`jool session proxy status` and `session advertise` can reach this proxy now.")
    } else if let more = throttles.control.admit(now: now),
      case .proxy(let process) = ControlNameHolder(of: configuration.instance)
    {
      log.warning("Process \(process) is another proxy of this instance; end one of the two.\(more)")
    }
  }

  private mutating func monitorAnnouncements(
    _ statistics: [Statistic], within deadline: Duration, now: Instant
  ) {
    let patience = deadline + AnnouncementMonitor.delay
    announcements.look(statistics, announced: proxy.announcementsReceived, patience: patience, now: now)
    if proxy.node?.isReady == true, announcements.isAuditDue(patience: patience, now: now) {
      proxy.requestAudit(.precaution)
    }
  }

  private mutating func monitorQueue(_ statistics: [Statistic], now: Instant) {
    let drops = queue.read(statistics)
    proxy.counters.queueDrops += drops
    if drops > 0, let more = throttles.queue.admit(now: now) {
      log.warning(
        """
        The module dropped \(drops) sessions, because its queue was full. The proxy reads the module's table \
        instead. If this happens often, raise ss-capacity.\(more)
        """)
    }
    if queue.shouldRepair(now: now) { proxy.requestAudit(.repair) }
  }

  /// Starts reading pool4 when that is due, and compares the nodes' settings when a peer's have changed.
  private mutating func monitorGroup(_ now: Instant) {
    if now >= group.nextReading, pool4 == nil { pool4 = Pool4Dump(now: now) }
    if group.hasChanged(proxy.groupInputs(now: now), now: now) { proxy.compareSettings(now: now) }
  }

  /// Reads one page of pool4.
  ///
  /// After the last page, pool4 is advertised to the peers.
  mutating func readPool4(_ now: Instant) {
    guard var reading = pool4.take(), link != nil else { return }
    do throws(JoolError) { try link?.readPage(of: &reading) } catch { return kernelFailed(error) }
    guard reading.isFinished else {
      pool4 = reading
      return
    }
    proxy.advertise(pool4: reading.ranges, now: now)
    group.haveRead(since: reading.begin, now: .now)
    proxy.compareSettings(now: now)
  }

  private mutating func attach(_ inspection: ModuleConnection.Inspection) {
    if reported == .absent {
      log.notice("The instance '\(configuration.instance)' is back; module \(inspection.module).")
    }
    // The sessions that were read so far have the former prefix.
    if let former = proxy.kernel?.pool6, former != inspection.kernel.pool6 {
      abandonAudit(because: "the instance has another pool6 now; try again")
    }
    proxy.attached(inspection.kernel, clock: Self.timeOfDay, now: .now)
    report(inspection)
  }

  /// Logs warnings about the instance's settings when its availability has changed.
  mutating func report(_ inspection: borrowing ModuleConnection.Inspection) {
    let availability = Availability.present(isEnabled: inspection.isEnabled)
    guard availability != reported else { return }
    reported = availability
    if !inspection.isEnabled {
      log.warning(
        """
        Session synchronization is disabled on this instance. \
        Run: jool -i \(configuration.instance) global update ss-enabled true
        """)
    }
    if let advice = inspection.advice { log.warning("\(advice)") }
  }

  /// Handles an error of a request.
  ///
  /// A refusal is only logged and counted, because the module still answers. After any other error, and after the
  /// refusal `noSuchProcess`, the instance counts as absent.
  mutating func kernelFailed(_ error: JoolError) {
    if case .refused(let code, let message) = error, code != .noSuchProcess {
      proxy.counters.kernelRefusals += 1
      if let more = throttles.kernel.admit(now: .now) { log.warning("The module refused a request: \(message)\(more)") }
    } else {
      detach(because: error)
    }
  }

  /// Closes the sockets to the module, which are useless because it does not answer.
  mutating func detach(because error: JoolError) {
    link = nil
    wait(because: error)
  }

  mutating func abandonAudit(because reason: String) {
    dump = nil
    transfer = nil
    pool4 = nil
    proxy.finishAudit(isComplete: false, now: .now)
    answerAdvertisers("error \(reason)")
  }

  private mutating func wait(because error: JoolError?) {
    guard reported != .absent else { return }
    reported = .absent
    abandonAudit(because: "the module or the instance is absent now; try again when it is back")
    proxy.detached()
    let reason = error.map { " (\($0.line))" } ?? ""
    log.warning("The instance '\(configuration.instance)' does not answer; the proxy waits for it.\(reason)")
  }
}
