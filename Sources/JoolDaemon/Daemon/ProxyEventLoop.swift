internal import Glibc
internal import JoolCore
public import JoolSession
public import Logging
internal import SystemPackage

/// The proxy's driver: one thread with one poll(2).
///
/// `SessionProxy` makes the decisions; the driver only moves bytes between it, the store, the network and the clients.
public struct ProxyEventLoop<Store: SessionStore & ~Copyable>: ~Copyable {
  var configuration: LiveConfiguration
  var log: Logger
  var throttles = Throttles()
  var proxy: SessionProxy
  /// The table that the proxy keeps equal with those of its peers.
  var store: Store
  var network: SyncLinks
  var sendQueue = SendQueue()
  var statistics: StatisticsSocket?
  var control: ControlSocket?
  /// The socket on which a mirror answers in the module's place.
  var table: TableSocket?
  let ending: EndingWatch
  var readiness: ReadinessReport
  /// The time of the next look at the interfaces, the control name and the findings.
  var nextCheck = Instant.now

  /// The limits on repeated log messages, one for each kind of message.
  struct Throttles {
    var malformed = LogThrottle()
    var refused = LogThrottle()
    var send = LogThrottle()
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
  ///   - openStore: opens the store, and passes what it shows to the proxy.
  /// - Throws: `ProxyError` for anything that the user must correct. No other proxy may serve the instance in this
  ///   network namespace. (Such a proxy is not disturbed.)
  public init(
    _ configuration: ProxyConfiguration, log: Logger, ending: ProxyEnding,
    openStore: (inout SessionProxy) throws(ProxyError) -> Store
  ) throws(ProxyError) {
    let user = try configuration.unprivilegedUser()
    // The control name is claimed first, because nothing that belongs to a running proxy may be changed.
    let control = try ControlSocket.claim(configuration.instance, configuration.service) { log.warning("\($0)") }
    // Then the track file is reset, because a proxy that was killed may have left "ready" in it.
    let readiness = try ReadinessReport(
      trackFile: configuration.trackFile, of: user, startsReady: configuration.mirror != nil, now: .now)
    let keys = try user.acting { () throws(ProxyError) in try configuration.keys() }
    var proxy = SessionProxy(
      instance: configuration.instance, format: configuration.format, seed: .random(in: .min ... .max), keys: keys,
      mirror: configuration.mirror?.settings)
    if let memory = PeerMemory(environment: getenv(PeerMemory.variable).map { String(cString: $0) }) {
      proxy.memory = memory
      let seconds = memory.whole.seconds
      log.warning("Silent peers are forgotten after \(seconds) s, because \(PeerMemory.variable) is set.")
    }
    let store = try openStore(&proxy)
    log.info("Opening netsocket...")
    let network = try SyncLinks(configuration.links, log: log)
    proxy.path = configuration.mtu.map { PathMTU(mtu: $0) } ?? network.path
    proxy.hasPeersByAddress = network.hasPeersByAddress
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
    let table = try Self.openTable(configuration, as: user, for: &proxy, log: log)
    let watch = try EndingWatch(ending)
    if let user {
      let keepsRight = configuration.mirror == nil
      try user.become(keepingNetAdmin: keepsRight)
      log.info(
        "The proxy now runs as user '\(user.name)', with \(keepsRight ? "CAP_NET_ADMIN only" : "no capability").")
    }
    self.configuration = LiveConfiguration(configuration, ending)
    self.log = log
    self.proxy = proxy
    self.store = consume store
    self.network = network
    self.statistics = consume statistics
    self.control = consume control
    self.table = consume table
    self.ending = watch
    self.readiness = readiness
  }

  /// Runs the proxy.
  ///
  /// Blocks until the program ends the proxy (`ProxyEnding`). Then the proxy leaves the group, marks the node as not
  /// ready, and closes its sockets.
  /// - Throws: `ProxyError.system` if poll(2) fails.
  public consuming func run() throws(ProxyError) {
    defer { readiness.finish(log: log) }
    log.info("Listening...")
    readiness.update(proxy.nodeStatus, now: .now, log: log)
    var buffer = [UInt8](repeating: 0, count: SyncLinks.batch * SyncLinks.stride)
    var end = Instant.now
    while true {
      var poller = Poller()
      watchAll(&poller)
      do throws(Errno) { try poller.wait(until: nextDeadline, from: end) } catch { throw .system(call: "poll", error) }
      let begin = Instant.now
      beginTurn(begin, &buffer)
      if poller.hasInput(ending.descriptor) {
        switch ending.next() {
        case .end(let reason):
          log.notice("\(reason)")
          leave(.now)
          return store.end(&proxy, log: log)
        case .reload:
          reload()
          end = .now
          continue
        case nil: break
        }
      }
      continueReload(poller)
      store.receive(into: &proxy, ready: poller, &buffer, now: begin, log: log)
      for link in network.links where poller.hasInput(link.descriptor) { drain(link, &buffer, now: begin) }
      answerStatistics(poller)
      serveControl(poller)
      serveTable(poller, now: begin)
      advance()
      end = .now
      let turn = UInt64(clamping: (end - begin).microseconds)
      proxy.counters.longestTurn = max(proxy.counters.longestTurn, turn)
    }
  }

  private func watchAll(_ poller: inout Poller) {
    poller.watch(ending.descriptor)
    store.watch(&poller)
    for link in network.links { poller.watch(link.descriptor) }
    if let descriptor = statistics.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    if let descriptor = control.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    if let descriptor = table.borrowed({ $0.descriptor }) { poller.watch(descriptor) }
    for client in control.borrowed({ $0.clients }) ?? [] { poller.watch(client.descriptor) }
    if let pending = configuration.pending { poller.watch(pending.lookUp.descriptor) }
  }

  private var nextDeadline: Instant {
    var earliest = min(nextCheck, store.nextCheck)
    for deadline in [proxy.nextDeadline, sendQueue.deadline, readiness.deadline] {
      if let deadline { earliest = min(earliest, deadline) }
    }
    return earliest
  }

  private mutating func advance() {
    let now = Instant.now
    startAnewIfCopied(now)
    sendWaiting(now)
    proxy.advance(to: now)
    sendNews(now)
    tellFollowers(now)
    let served = store.serve(&proxy, now: now, log: log)
    answerAdvertisers()
    proxy.updateReadiness(now: served)
    if now >= store.nextCheck { store.check(&proxy, log: log) }
    if now >= nextCheck { check(now) }
    readiness.update(proxy.nodeStatus, now: now, log: log)
  }

  /// Looks at what may have changed without an event.
  private mutating func check(_ now: Instant) {
    nextCheck = now + .seconds(2)
    for finding in proxy.newFindings(now: now) { log.warning("\(finding)") }
    network.heal(log: log)
    statistics?.heal(log: log)
    table?.check(now: now)
    proxy.path = configuration.current.mtu.map { PathMTU(mtu: $0) } ?? network.path
    readiness.note(proxy.noPeerReason(now: now), now: now, log: log)
    readiness.reassert(now: now, log: log)
    if control == nil { reclaimControl(now) }
  }
}

extension ProxyEventLoop where Store == ModuleStore {
  /// Opens everything for the instance of a kernel module.
  ///
  /// May block, because names are looked up.
  /// - Parameters:
  ///   - configuration: the options of the proxy.
  ///   - log: the log of the proxy.
  ///   - ending: the way in which the program ends the proxy.
  /// - Throws: `ProxyError` for anything that the user must correct: the module must be loaded, the instance must
  ///   exist, and no other proxy may serve it in this network namespace. (Such a proxy is not disturbed.)
  public init(
    _ configuration: ProxyConfiguration, log: Logger, ending: ProxyEnding
  ) throws(ProxyError) {
    try self.init(configuration, log: log, ending: ending) { proxy throws(ProxyError) in
      try ModuleStore(instance: configuration.instance, for: &proxy, log: log)
    }
  }
}

extension ProxyEventLoop where Store == MirrorStore {
  /// Opens everything for a mirror, and restores its table.
  ///
  /// May block, because names are looked up and snapshots are read.
  /// - Parameters:
  ///   - configuration: the options of the mirror. Without `mirror` it has the defaults of that.
  ///   - log: the log of the mirror.
  ///   - ending: the way in which the program ends the mirror.
  /// - Throws: `ProxyError` for anything that the user must correct.
  public init(mirror configuration: ProxyConfiguration, log: Logger, ending: ProxyEnding) throws(ProxyError) {
    var configuration = configuration
    let mirror = configuration.mirror ?? ProxyConfiguration.Mirror()
    configuration.mirror = mirror
    let user = try configuration.unprivilegedUser()
    try self.init(configuration, log: log, ending: ending) { proxy throws(ProxyError) in
      try user.acting { () throws(ProxyError) in try MirrorStore(mirror, for: &proxy, log: log) }
    }
  }
}
