internal import Glibc
internal import JoolCore
internal import JoolSession
public import Logging
internal import SystemPackage

/// The proxy's driver: one thread with one poll(2).
///
/// `SessionProxy` makes the decisions; the driver only moves bytes.
public struct ProxyEventLoop: ~Copyable {
  var configuration: ProxyConfiguration
  /// Reads the configuration again, after SIGHUP; `nil` if the proxy takes no signals.
  let loadConfiguration: LoadConfiguration?
  var log: Logger
  var proxy: SessionProxy
  /// The sockets to the module; `nil` while it is absent.
  var link: ModuleConnection?
  var network: SyncLinks
  var statistics: StatisticsSocket?
  var control: ControlSocket?
  let families: FamilyWatcher
  let ending: EndingWatch

  var sendQueue = SendQueue()
  var flushTimer: FlushTimer
  /// The module's table while it is being read.
  var dump: TableDump?
  /// The module's table after it was read, while it is being reconciled.
  var transfer: TableTransfer?
  /// The module's pool4 while it is being read.
  var pool4: Pool4Dump?
  var nextCheck: Instant = .now
  /// The availability of the instance as it was last logged; `nil` before the first message.
  var reported: Availability?
  var throttles = Throttles()
  var queue = QueueMonitor()
  var instanceMonitor = InstanceMonitor()
  var announcements = AnnouncementMonitor()
  var readiness: ReadinessReport
  var group = GroupMonitor()
  var pendingReload: Reload?

  /// The interval between two checks of the module, its settings and the interfaces.
  static let checkInterval = Duration.seconds(2)
  /// The maximum number of messages of one kind per turn, so that the other kinds are not delayed.
  ///
  /// From each link one `SyncLinks.batch` is read per turn.
  static let burst = 64

  /// Reads the configuration again as it is now.
  /// - Throws: `ProxyError` if the configuration is wrong.
  public typealias LoadConfiguration = () throws(ProxyError) -> ProxyConfiguration

  /// The way in which the program ends the proxy.
  public enum Ending {
    /// With a handle, from another thread. The proxy takes no signals.
    case handle(StopHandle)
    /// With SIGTERM or SIGINT. SIGHUP has the proxy read its configuration again with this function.
    ///
    /// The three signals are blocked in the thread that creates the proxy, and in those that it starts afterwards. If
    /// other threads exist, they must block these signals themselves.
    case signals(reload: LoadConfiguration)
  }

  /// Whether the instance exists, and whether its synchronization is enabled.
  enum Availability: Equatable {
    case absent
    case present(isEnabled: Bool)
  }

  /// The limits on repeated log messages, one for each kind of message.
  struct Throttles {
    var malformed = LogThrottle()
    var refused = LogThrottle()
    var send = LogThrottle()
    var overrun = LogThrottle()
    var kernel = LogThrottle()
    var queue = LogThrottle()
    var rejected = LogThrottle()
    var control = LogThrottle()
  }

  /// Opens everything, in the order and with the log messages of the C proxy.
  ///
  /// May block, because names are looked up.
  /// - Parameters:
  ///   - configuration: the options of the proxy.
  ///   - log: the log of the proxy.
  ///   - ending: the way in which the program ends the proxy.
  /// - Throws: `ProxyError` for anything that the user must correct: the module must be loaded, the instance must
  ///   exist, and no other proxy may serve it in this network namespace. (Such a proxy is not disturbed.)
  public init(
    _ configuration: ProxyConfiguration, log: Logger, ending: Ending
  ) throws(ProxyError) {
    let user = try configuration.unprivilegedUser()
    // The control name is claimed first, because nothing that belongs to a running proxy may be changed.
    let control = try ControlSocket.claim(configuration.instance) { log.warning("\($0)") }
    // Then the track file is reset, because a proxy that was killed may have left "ready" in it.
    let readiness = try ReadinessReport(trackFile: configuration.trackFile, of: user, now: .now)
    let keys = try user.acting { () throws(ProxyError) in try configuration.keys() }
    var proxy = SessionProxy(
      instance: configuration.instance, format: configuration.format, seed: .random(in: .min ... .max), keys: keys)
    if let memory = PeerMemory(environment: getenv(PeerMemory.variable).map { String(cString: $0) }) {
      proxy.memory = memory
      let seconds = memory.whole.components.seconds
      log.warning("Silent peers are forgotten after \(seconds) s, because \(PeerMemory.variable) is set.")
    }
    log.info("Opening kernel socket (Instance name: \(configuration.instance))...")
    let families = try ProxyError.asking { () throws(JoolError) in try FamilyWatcher() }
    var link = try ProxyError.asking { () throws(JoolError) in try ModuleConnection(instance: configuration.instance) }
    let inspection = try link.inspectAtStart(configuration.instance)
    proxy.attached(inspection.kernel, clock: Self.timeOfDay, now: .now)
    log.adviseOnBuffer(of: "kernel", granted: link.grantedBuffer, wanted: ModuleConnection.receiveBuffer)
    log.info("Kernel socket ready.")
    log.info("Opening netsocket...")
    let network = try SyncLinks(configuration.links, log: log)
    proxy.path = configuration.mtu.map { PathMTU(mtu: $0) } ?? network.path
    proxy.sending = SendHealth(links: network.names)
    log.info("Netsocket ready.")
    log.info("Opening statsocket...")
    var statistics: StatisticsSocket?
    if let settings = configuration.statistics {
      statistics = try StatisticsSocket(settings, beside: configuration.links, log: log)
      log.info("Statsocket ready.")
    } else {
      log.info("Not configured; skipping statsocket.")
    }
    let watch = try EndingWatch(ending)
    if let user {
      try user.become()
      log.info("The proxy now runs as user '\(user.name)', with CAP_NET_ADMIN only.")
    }
    self.configuration = configuration
    loadConfiguration = if case .signals(let reload) = ending { reload } else { nil }
    self.log = log
    self.proxy = proxy
    flushTimer = FlushTimer(deadline: inspection.flushDeadline)
    self.link = consume link
    self.network = network
    self.statistics = consume statistics
    self.control = consume control
    self.families = families
    self.ending = watch
    self.readiness = readiness
    report(inspection)
  }

  /// The time since 1970 in milliseconds.
  static var timeOfDay: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(0, Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000))
  }

  /// Runs the proxy.
  ///
  /// Blocks until the program ends the proxy (`Ending`). Then the proxy leaves the group, marks the node as not ready,
  /// and closes its sockets.
  /// - Throws: `ProxyError.system` if poll(2) fails.
  public consuming func run() throws(ProxyError) {
    defer { readiness.finish(log: log) }
    log.info("Listening...")
    readiness.update(proxy.nodeStatus, now: .now, log: log)
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    while true {
      var poller = Poller()
      watchAll(&poller)
      do throws(Errno) { try poller.wait(until: nextDeadline) } catch { throw .system(call: "poll", error) }
      let begin = Instant.now
      beginTurn(begin, &buffer)
      if poller.hasInput(ending.descriptor) {
        switch ending.next() {
        case .end(let reason):
          log.notice("\(reason)")
          return leave(.now)
        case .reload:
          reload()
          continue
        case nil: break
        }
      }
      continueReload(poller)
      if poller.hasInput(families.socket.descriptor) {
        families.drain()
        nextCheck = .now
      }
      drainKernelEvents(&buffer)
      for link in network.links where poller.hasInput(link.descriptor) { drain(link, &buffer) }
      answerStatistics(poller)
      serveControl(poller)
      advance()
      let (seconds, attoseconds) = begin.duration(to: .now).components
      let turn = UInt64(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
      proxy.counters.longestTurn = max(proxy.counters.longestTurn, turn)
    }
  }

  private func answerStatistics(_ poller: borrowing Poller) {
    guard let descriptor = statistics.borrowed({ $0.descriptor }), poller.hasInput(descriptor) else { return }
    let proxy = proxy
    _ = statistics.borrowed { $0.answer(proxy) }
  }

  private func watchAll(_ poller: inout Poller) {
    poller.watch(ending.descriptor)
    poller.watch(families.socket.descriptor)
    if let events = link.borrowed({ $0.events.descriptor }) { poller.watch(events) }
    for link in network.links { poller.watch(link.descriptor) }
    if let descriptor = statistics.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    if let descriptor = control.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    for client in control.borrowed({ $0.clients }) ?? [] { poller.watch(client.descriptor) }
    if let pendingReload { poller.watch(pendingReload.lookUp.descriptor) }
  }

  var nextDeadline: Instant {
    if dump != nil || pool4 != nil { return .now }
    let transferDeadline = sendQueue.isEmpty ? transfer?.deadline : nil
    let deadlines = [proxy.nextDeadline, sendQueue.deadline, transferDeadline, readiness.deadline, flushTimer.due]
    return deadlines.compactMap { $0 }.reduce(nextCheck, min)
  }

  mutating func advance() {
    let now = Instant.now
    startAnewIfCopied(now)
    if flushTimer.fire(now: now) { acknowledge() }
    sendWaiting(now)
    proxy.advance(to: now)
    sendNews(now)
    feedModule(now)
    continueTransfer(now)
    readPool4(now)
    proxy.updateReadiness(isAuditing: dump != nil || transfer != nil, now: now)
    if now >= nextCheck { check(now) }
    readiness.update(proxy.nodeStatus, now: now, log: log)
  }
}
