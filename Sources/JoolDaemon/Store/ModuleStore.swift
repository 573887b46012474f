internal import JoolCore
public import JoolSession
public import Logging
internal import SystemPackage

/// The table of a kernel module, which may be removed and loaded again under the running proxy.
public struct ModuleStore: SessionStore, ~Copyable {
  private let instance: InstanceName
  /// The sockets to the module; `nil` while it is absent.
  private var link: ModuleConnection?
  private let families: FamilyWatcher
  /// The time of the next look at the module, which is due every two seconds.
  public private(set) var nextCheck: Instant
  /// The availability of the instance as it was last logged.
  private var reported: SessionProxy.Availability?
  private var throttles = Throttles()

  /// The interval between two checks of the module.
  private static let checkInterval = TimeAmount.seconds(2)

  /// The limits on repeated log messages, one for each kind of message.
  private struct Throttles {
    var malformed = LogThrottle()
    var refused = LogThrottle()
    var overrun = LogThrottle()
    var queue = LogThrottle()
  }

  /// Connects to the module, and passes to the proxy what it shows.
  /// - Throws: `ProxyError` if the module is not loaded, or if there is no such instance.
  init(instance: InstanceName, for proxy: inout SessionProxy, log: Logger) throws(ProxyError) {
    log.info("Opening kernel socket (Instance name: \(instance))...")
    let families = try ProxyError.asking { () throws(JoolError) in try FamilyWatcher() }
    var link = try ProxyError.asking { () throws(JoolError) in try ModuleConnection(instance: instance) }
    let inspection = try link.inspectAtStart(instance)
    log.adviseOnBuffer(of: "kernel", granted: link.grantedBuffer, wanted: ModuleConnection.receiveBuffer)
    log.info("Kernel socket ready.")
    self.instance = instance
    self.link = consume link
    self.families = families
    nextCheck = .now + Self.checkInterval
    note(inspection, for: &proxy, log: log)
  }

  /// Adds the sockets to the module.
  public func watch(_ poller: inout Poller) {
    poller.watch(families.socket.descriptor)
    if let events = link.borrowed({ $0.events.descriptor }) { poller.watch(events) }
  }

  // MARK: Messages

  /// Passes the module's messages to the proxy, and acknowledges them.
  public mutating func receive(
    into proxy: inout SessionProxy, ready poller: borrowing Poller, _ buffer: inout [UInt8], now: Instant, log: Logger
  ) {
    if poller.hasInput(families.socket.descriptor) {
      families.drain()
      nextCheck = now
    }
    guard let events = link.borrowed({ $0.events.descriptor }), poller.hasInput(events) else { return }
    for _ in 0..<TurnBudget.messages {
      do throws(JoolError) {
        guard let count = try link?.events.receive(into: &buffer, waiting: false) else { return }
        receive(buffer.span.bytes.extracting(first: count), into: &proxy, now: now, log: log)
      } catch .overrun {
        proxy.overran()
        acknowledge(for: &proxy, log: log)
        if let more = throttles.overrun.admit(now: now) {
          log.warning(
            "The module's messages overran the netlink socket. The proxy reads the module's table instead.\(more)")
        }
      } catch {
        detach(because: error, &proxy, log: log)
      }
    }
  }

  private mutating func receive(_ message: RawSpan, into proxy: inout SessionProxy, now: Instant, log: Logger) {
    switch proxy.received(moduleMessage: message, now: now) {
    case .acknowledge(thenLearn: let records):
      acknowledge(for: &proxy, log: log)
      do throws(WireFormatError) {
        try proxy.learn(records: message.extracting(records), now: now)
      } catch {
        if let more = throttles.malformed.admit(now: now) {
          log.warning("A session of the module cannot be used: \(error)\(more)")
        }
      }
      // The message shows that an absent instance has returned.
      if reported == .absent { nextCheck = now }
    case .acknowledgeUnusable(let reason):
      acknowledge(for: &proxy, log: log)
      if let more = throttles.malformed.admit(now: now) {
        log.warning("A message of the module cannot be used: \(reason)\(more)")
      }
    case .ignore: return
    case .drop(let reason):
      if let more = throttles.malformed.admit(now: now) {
        log.warning("A message from the kernel does not contain sessions: \(reason)\(more)")
      }
    }
  }

  /// Discards the module's messages, and acknowledges them.
  public mutating func discardMessages(of proxy: inout SessionProxy, _ buffer: inout [UInt8], log: Logger) {
    for _ in 0..<TurnBudget.messages {
      do throws(JoolError) {
        guard let count = try link?.events.receive(into: &buffer, waiting: false) else { return }
        switch proxy.received(moduleMessage: buffer.span.bytes.extracting(first: count), now: .now) {
        case .acknowledge, .acknowledgeUnusable: acknowledge(for: &proxy, log: log)
        case .ignore, .drop: continue
        }
      } catch .overrun {
        acknowledge(for: &proxy, log: log)
      } catch {
        return detach(because: error, &proxy, log: log)
      }
    }
  }

  private mutating func acknowledge(for proxy: inout SessionProxy, log: Logger) {
    do throws(JoolError) {
      try link?.client.acknowledgeSessions()
    } catch .refused(let code, let message) where code != .noSuchProcess {
      proxy.counters.kernelRefusals += 1
      warn(ofRefusal: message, log: log)
    } catch {
      detach(because: error, &proxy, log: log)
    }
  }

  // MARK: Requests

  /// Sends the proxy's requests to the module.
  ///
  /// Blocks until the module has answered.
  public mutating func serve(_ proxy: inout SessionProxy, now: Instant, log: Logger) -> Instant {
    var now = now
    for _ in 0..<TurnBudget.messages {
      guard link != nil, let request = proxy.nextStoreRequest(now: now) else { break }
      do throws(JoolError) {
        let outcome = try link?.carryOut(request) ?? .failed
        now = .now
        proxy.finished(request, outcome, now: now)
      } catch .refused(let code, let message) where request.survives(code) {
        now = .now
        proxy.finished(request, .refused, now: now)
        warn(ofRefusal: message, log: log)
        if request.isChange { nextCheck = now }  // perhaps ss-enabled was turned off
      } catch {
        now = .now
        proxy.finished(request, .failed, now: now)
        detach(because: error, &proxy, log: log)
        break
      }
      if request.endsTurn { break }
    }
    return now
  }

  private mutating func warn(ofRefusal message: String, log: Logger) {
    if let more = throttles.refused.admit(now: .now) { log.warning("The module refused a request: \(message)\(more)") }
  }

  // MARK: Checks

  /// Looks whether the module and the instance are there, and reads the instance's settings and counters.
  ///
  /// Blocks until the module has answered.
  public mutating func check(_ proxy: inout SessionProxy, log: Logger) {
    nextCheck = .now + Self.checkInterval
    do throws(JoolError) {
      if link == nil { link = try ModuleConnection(instance: instance) }
      if let inspection = try link?.inspect() {
        note(inspection, for: &proxy, log: log)
      } else {
        // The socket stays open, because the first message of a new instance with that name shows that it exists.
        noteAbsence(because: nil, &proxy, log: log)
      }
    } catch {
      detach(because: error, &proxy, log: log)
    }
  }

  private mutating func note(_ inspection: ModuleInspection, for proxy: inout SessionProxy, log: Logger) {
    if reported == .absent { log.notice("The instance '\(instance)' is back; module \(inspection.module).") }
    for observation in proxy.inspected(inspection, clock: TimeOfDay.milliseconds, now: .now) {
      switch observation {
      case .restarted:
        log.notice("The counters of the instance '\(instance)' have restarted; the proxy compares its table.")
      case .dropped(let count):
        guard let more = throttles.queue.admit(now: .now) else { continue }
        log.warning(
          """
          The module dropped \(count) sessions, because its queue was full. The proxy reads the module's table \
          instead. If this happens often, raise ss-capacity.\(more)
          """)
      }
    }
    guard reported != proxy.availability else { return }
    reported = proxy.availability
    if !inspection.isEnabled {
      log.warning(
        """
        Session synchronization is disabled on this instance. \
        Run: jool -i \(instance) global update ss-enabled true
        """)
    }
    if let advice = inspection.advice { log.warning("\(advice)") }
  }

  /// Closes the sockets to the module, which are useless because it does not answer.
  private mutating func detach(because error: JoolError, _ proxy: inout SessionProxy, log: Logger) {
    link = nil
    noteAbsence(because: error, &proxy, log: log)
  }

  private mutating func noteAbsence(because error: JoolError?, _ proxy: inout SessionProxy, log: Logger) {
    proxy.detached(now: .now)
    guard reported != .absent else { return }
    reported = .absent
    let reason = error.map { " (\($0.line))" } ?? ""
    log.warning("The instance '\(instance)' does not answer; the proxy waits for it.\(reason)")
  }
}

extension StoreRequest {
  /// Whether the request changes the module's table.
  fileprivate var isChange: Bool {
    switch self {
    case .add, .evict: true
    case .acknowledge, .readBIB, .readSessions, .readPool4: false
    }
  }

  /// Whether the module is perhaps still there after a refusal with this code.
  fileprivate func survives(_ code: Errno) -> Bool {
    if case .add = self { code == .invalidArgument } else { code != .noSuchProcess }
  }
}
