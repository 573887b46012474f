internal import Glibc
internal import JoolCore
public import Logging
internal import SystemPackage

/// The proxy's driver: one thread, one poll(2). Decisions are in `SessionProxy`; this only moves bytes.
public struct ProxyEventLoop: ~Copyable {
  private let configuration: ProxyConfiguration
  private let log: Logger
  private var proxy: SessionProxy
  /// `nil` while the module or the instance is away.
  private var link: KernelLink?
  private var network: MulticastSocket
  private let statistics: StatisticsSocket?
  private var control: ControlSocket?
  private let families: FamilyWatcher
  private let signals: SignalDescriptor

  private var outbox = Outbox()
  private var dump: TableDump?
  private var transfer: TableTransfer?
  private var nextCheck: ContinuousClock.Instant = .now
  private var wasEnabled = true
  private var throttles = Throttles()

  /// How often the module, its settings and the interface are looked at.
  private static let checkInterval = Duration.seconds(2)
  /// How many messages of one kind are taken before the others have their turn.
  private static let burst = 64

  private struct Throttles {
    var malformed = LogThrottle()
    var refused = LogThrottle()
    var send = LogThrottle()
    var overrun = LogThrottle()
    var kernel = LogThrottle()
  }

  /// Opens everything, in the order and with the log messages of the C proxy.
  /// - Throws: whatever is wrong at the start is for the user to mend: the module must be loaded and the instance exist.
  public init(_ configuration: ProxyConfiguration, log: Logger) throws(ProxyError) {
    var proxy = SessionProxy(instance: configuration.instance)
    log.info("Opening kernel socket (Instance name: \(configuration.instance))...")
    let families = try ProxyError.asking { () throws(JoolError) in try FamilyWatcher() }
    var link = try ProxyError.asking { () throws(JoolError) in try KernelLink(instance: configuration.instance) }
    let inspection = try link.inspectAtStart(configuration.instance)
    proxy.attached(inspection.kernel)
    log.info("Kernel socket ready.")
    log.info("Opening netsocket...")
    let network = try MulticastSocket(configuration.network, log: log)
    log.info("Netsocket ready.")
    log.info("Opening statsocket...")
    var statistics: StatisticsSocket?
    if let settings = configuration.statistics {
      statistics = try StatisticsSocket(settings, log: log)
      log.info("Statsocket ready.")
    } else {
      log.info("Not configured; skipping statsocket.")
    }
    let signals: SignalDescriptor
    do throws(Errno) { signals = try SignalDescriptor([SIGTERM, SIGINT]) } catch {
      throw .system(call: "signalfd", error)
    }
    var control: ControlSocket?
    do throws(Errno) { control = try ControlSocket(instance: configuration.instance) } catch {
      log.warning(
        "Another proxy seems to serve this instance already; `jool session advertise` will ask that one. (\(error))")
    }
    self.configuration = configuration
    self.log = log
    self.proxy = proxy
    self.link = consume link
    self.network = network
    self.statistics = consume statistics
    self.control = consume control
    self.families = families
    self.signals = signals
    report(inspection)
  }

  /// Runs until SIGTERM or SIGINT.
  public mutating func run() throws(ProxyError) {
    log.info("Listening...")
    var buffer = [UInt8](repeating: 0, count: MulticastSocket.batch * MulticastSocket.stride)
    while true {
      var poller = Poller()
      watchAll(&poller)
      do throws(Errno) { try poller.wait(until: nextDeadline) } catch { throw .system(call: "poll", error) }
      if poller.hasInput(signals.descriptor), let signal = signals.next() {
        log.notice("Received signal \(signal); leaving.")
        return
      }
      if poller.hasInput(families.socket.descriptor) {
        families.drain()
        nextCheck = .now
      }
      drainKernelEvents(&buffer)
      if poller.hasInput(network.descriptor) { drainNetwork(&buffer) }
      answerStatistics(poller)
      serveControl(poller)
      advance()
    }
  }

  private func answerStatistics(_ poller: borrowing Poller) {
    guard let descriptor = statistics.borrowed({ $0.descriptor }), poller.hasInput(descriptor) else { return }
    let report = proxy.counters.report
    _ = statistics.borrowed { $0.answer(report) }
  }

  private func watchAll(_ poller: inout Poller) {
    poller.watch(signals.descriptor)
    poller.watch(families.socket.descriptor)
    if let events = link.borrowed({ $0.events.descriptor }) { poller.watch(events) }
    poller.watch(network.descriptor)
    if let descriptor = statistics.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    if let descriptor = control.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    for client in control.borrowed({ $0.clients }) ?? [] { poller.watch(client.descriptor) }
  }

  private var nextDeadline: ContinuousClock.Instant {
    if dump != nil { return nextCheck - Self.checkInterval }
    return [proxy.nextDeadline, outbox.deadline, transfer?.deadline].compactMap { $0 }.reduce(nextCheck, min)
  }

  private mutating func advance() {
    let now = ContinuousClock.now
    sendWaiting(now)
    addToKernel(now)
    continueTransfer(now)
    if now >= nextCheck { check(now) }
  }
}

// MARK: Module → network

extension ProxyEventLoop {
  private mutating func drainKernelEvents(_ buffer: inout [UInt8]) {
    for _ in 0..<Self.burst {
      guard link != nil else { return }
      do throws(JoolError) {
        guard let count = try link?.events.receive(into: &buffer, waiting: false) else { return }
        let message = buffer.span.bytes.extracting(first: count)
        switch proxy.received(kernelMessage: message) {
        case .acknowledge(thenSend: let payload):
          acknowledge()
          send(message.extracting(payload))
        case .acknowledgeUnusable(let reason):
          acknowledge()
          if let more = throttles.malformed.admit(now: .now) {
            log.warning("Cannot use a message of the module: \(reason)\(more)")
          }
        case .ignore: continue
        case .drop(let reason):
          if let more = throttles.malformed.admit(now: .now) {
            log.warning("Received something else than sessions from the kernel: \(reason)\(more)")
          }
        }
      } catch .overrun {
        proxy.overran()
        acknowledge()
        if let more = throttles.overrun.admit(now: .now) {
          log.warning(
            "The module's messages overran the netlink socket; sessions are missing on the peers until they change again.\(more)"
          )
        }
      } catch {
        detach(because: error)
      }
    }
  }

  private mutating func acknowledge() {
    do throws(JoolError) {
      try link?.client.acknowledgeSessions()
    } catch {
      kernelFailed(error)
    }
  }

  private mutating func send(_ payload: RawSpan) {
    guard outbox.isEmpty else { return postpone(payload) }
    do throws(Errno) {
      try network.send(payload)
      proxy.counters.networkSentPackets += 1
      proxy.counters.networkSentBytes += UInt64(payload.byteCount)
    } catch {
      sendFailed(error)
      postpone(payload)
    }
  }

  private mutating func postpone(_ payload: RawSpan) {
    if !outbox.append(payload.copied(), now: .now) { proxy.counters.dropped += 1 }
  }

  private mutating func sendFailed(_ error: Errno) {
    proxy.counters.sendFailures += 1
    if let more = throttles.send.admit(now: .now) {
      log.error("Could not send a packet to the network: \(error)\(more)")
    }
  }

  /// What could not be sent at once.
  private mutating func sendWaiting(_ now: ContinuousClock.Instant) {
    for _ in 0..<Self.burst {
      guard let datagram = outbox.next(now: now) else { return }
      do throws(Errno) {
        try network.send(datagram.span.bytes)
        proxy.counters.networkSentPackets += 1
        proxy.counters.networkSentBytes += UInt64(datagram.count)
        outbox.removeNext()
      } catch {
        sendFailed(error)
        outbox.postpone(now: now)
        return
      }
    }
  }
}

// MARK: Network → module

extension ProxyEventLoop {
  private mutating func drainNetwork(_ buffer: inout [UInt8]) {
    do throws(Errno) {
      for _ in 0..<Self.burst {
        let lengths = try network.receive(into: &buffer)
        let now = ContinuousClock.now
        for (index, length) in lengths.enumerated() {
          let start = index * MulticastSocket.stride
          let datagram = buffer.span.bytes.extracting(start..<start + min(length, MulticastSocket.stride))
          switch proxy.received(datagram: datagram, length: length, now: now) {
          case .gathered(let refused):
            if let refused, let more = throttles.refused.admit(now: now) {
              log.warning("Refused a session of a peer: \(refused)\(more)")
            }
          case .drop(let reason):
            if let more = throttles.malformed.admit(now: now) {
              log.warning("Dropped a datagram that is not session records: \(reason)\(more)")
            }
          case .dropForNow: continue
          }
        }
        if lengths.count < MulticastSocket.batch { return }
      }
    } catch {
      if let more = throttles.send.admit(now: .now) { log.error("Could not receive from the network: \(error)\(more)") }
    }
  }

  /// One JOOLD_ADD; the next one after the sockets had their turn.
  private mutating func addToKernel(_ now: ContinuousClock.Instant) {
    let sessions = proxy.nextAdd(now: now)
    guard !sessions.isEmpty else { return }
    do throws(JoolError) {
      try link?.client.addSessions(sessions)
      proxy.confirmAdd(of: sessions, refused: false)
    } catch .refused(.invalidArgument, let message) {
      proxy.confirmAdd(of: sessions, refused: true)
      if let more = throttles.kernel.admit(now: now) { log.warning("The module refused sessions: \(message)\(more)") }
      nextCheck = now  // perhaps ss-enabled was turned off
    } catch {
      detach(because: error)
    }
  }
}

// MARK: Advertising from the table

extension ProxyEventLoop {
  private mutating func serveControl(_ poller: borrowing Poller) {
    guard control != nil else { return }
    for client in control?.clients ?? [] where poller.hasInput(client.descriptor) {
      guard let request = control?.request(from: client.descriptor) else { continue }
      if request != ControlProtocol.advertise {
        control?.answer(client.descriptor, "error unknown request")
      } else if link == nil {
        control?.answer(client.descriptor, "error the module or the instance is away")
      } else if dump == nil, transfer == nil {
        dump = TableDump()
      }
    }
    if let descriptor = control?.descriptor, poller.hasInput(descriptor) { control?.acceptClients() }
  }

  private mutating func continueTransfer(_ now: ContinuousClock.Instant) {
    if dump != nil {
      do throws(JoolError) {
        try readPage()
      } catch {
        dump = nil
        answerAdvertisers("error \(error)")
        kernelFailed(error)
      }
    }
    if let finished = dump, finished.isFinished, let module = link?.client.module {
      transfer = TableTransfer(finished.sessions, format: SyncFormat(module: module), now: now)
      dump = nil
    }
    for datagram in transfer?.nextBurst(now: now) ?? [] { send(datagram.span.bytes) }
    if let done = transfer, done.isFinished, outbox.isEmpty {
      transfer = nil
      answerAdvertisers("ok \(done.count)")
    }
  }

  private mutating func readPage() throws(JoolError) {
    guard var reading = dump else { return }
    try link?.readPage(of: &reading)
    dump = reading
  }

  private mutating func answerAdvertisers(_ text: String) {
    for client in control?.clients ?? [] where client.hasAsked { control?.answer(client.descriptor, text) }
  }
}

// MARK: Coming and going

extension ProxyEventLoop {
  private mutating func check(_ now: ContinuousClock.Instant) {
    nextCheck = now + Self.checkInterval
    do throws(JoolError) {
      if link == nil {
        link = try KernelLink(instance: configuration.instance)
        guard let inspection = try link?.inspect() else {
          link = nil
          return
        }
        proxy.attached(inspection.kernel)
        log.notice("The instance '\(configuration.instance)' is back; module \(inspection.module).")
        report(inspection)
      } else if let inspection = try link?.inspect() {
        proxy.attached(inspection.kernel)
        if inspection.isEnabled != wasEnabled { report(inspection) }
      } else {
        detach(because: nil)
      }
    } catch {
      if link == nil { return }  // still away
      detach(because: error)
    }
    if network.isStale { reopenNetwork() }
  }

  /// What an administrator should know about the instance's settings.
  private mutating func report(_ inspection: borrowing KernelLink.Inspection) {
    wasEnabled = inspection.isEnabled
    if !inspection.isEnabled {
      log.warning(
        "Session synchronization is disabled on this instance. Run: jool -i \(configuration.instance) global update ss-enabled true"
      )
    }
    if let advice = inspection.advice { log.warning("\(advice)") }
  }

  /// A refusal that need not mean that the module is gone.
  private mutating func kernelFailed(_ error: JoolError) {
    if case .refused(let code, let message) = error, code != .noSuchProcess {
      proxy.counters.kernelRefusals += 1
      if let more = throttles.kernel.admit(now: .now) { log.warning("The module refused: \(message)\(more)") }
    } else {
      detach(because: error)
    }
  }

  private mutating func detach(because error: JoolError?) {
    guard link != nil else { return }
    link = nil
    dump = nil
    proxy.detached()
    answerAdvertisers("error the module or the instance went away")
    let reason = error.map { " (\($0))" } ?? ""
    log.warning("The instance '\(configuration.instance)' does not answer; waiting for it to come back.\(reason)")
    nextCheck = .now + Self.checkInterval
  }

  /// The interface was removed and made anew; the old membership went with it.
  private mutating func reopenNetwork() {
    do throws(ProxyError) {
      network = try MulticastSocket(configuration.network, log: log)
    } catch {
      log.error("Cannot listen on the network: \(error)")
    }
  }
}
