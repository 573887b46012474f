import JoolCore
import TestSupport

@testable import JoolSession

/// A group on a network without losses, with modules that accept everything.
struct Group {
  static let kernel = SessionProxy.Kernel(
    format: .packed36, pool6: .wellKnown, limits: SessionLimits(), isEnabled: true)

  var proxies: [SessionProxy]
  /// The sessions that were added to each module.
  var modules: [[SessionEntry]]
  /// The requests to each module.
  private(set) var requests: [[StoreRequest]]
  let start = Instant.now
  var now: Instant
  private(set) var legacy: [[UInt8]] = []
  private(set) var frames: [(proxy: Int, datagram: [UInt8])] = []
  private(set) var evictions: [BIBEntry] = []
  /// How many times each datagram arrives; more than once over several links.
  var copies = 1
  /// The outcome of evictions.
  ///
  /// `evictionAttempts` counts them.
  var evictionOutcome = StoreRequest.Outcome.done
  private(set) var evictionAttempts = 0
  /// The number of `add` requests that each module executes per 10 ms.
  var addsPerTurn = Int.max
  /// The proxies that receive nothing.
  var unreachable: Set<Int> = []

  /// Makes a group, by default of two proxies that are ready.
  /// - `keys`: the keys of each proxy; by default no proxy has any.
  /// - `seed`: the seed of the first proxy; the others have the numbers after it.
  /// - `settled`: whether the proxies have become ready.
  init(count: Int = 2, formats: [PeerProtocol] = [], keys: [KeyRing?] = [], seed: UInt64 = 1, settled: Bool = true) {
    proxies = (0..<count).map {
      SessionProxy(
        instance: .default, format: formats.isEmpty ? .auto : formats[$0], seed: UInt64($0) + seed,
        keys: keys.isEmpty ? nil : keys[$0], sealStart: UInt64($0) + seed)
    }
    modules = Array(repeating: [], count: count)
    requests = Array(repeating: [], count: count)
    now = start
    for index in proxies.indices { proxies[index].attached(Self.kernel, now: now) }
    guard settled else { return }
    // The first proxy is ready after its module's table was read; the others have fetched its table by then.
    pass(.seconds(3))
    for index in proxies.indices { _ = audit(index, []) }
    pass(.seconds(4))
    for index in proxies.indices { _ = audit(index, []) }
  }

  static func address(of proxy: Int) -> IPv6Address { IPv6Address(bits: 0xFE80 << 112 | UInt128(proxy + 1)) }

  /// The contents of all frames that were sent, except sealed ones.
  var bodies: [(proxy: Int, body: SyncFrame.Body)] {
    frames.compactMap { frame in
      (try? SyncFrame(decoding: frame.datagram.span.bytes, pool6: .wellKnown)).map { (frame.proxy, $0.body) }
    }
  }

  /// The number of records that were sent in updates.
  var recordsSent: Int {
    frames.reduce(0) { count, frame in
      guard let decoded = try? SyncFrame(decoding: frame.datagram.span.bytes, pool6: .wellKnown),
        case .update(let records) = decoded.body
      else { return count }
      return count + records.count
    }
  }

  func module(_ index: Int) -> [SessionEntry] { modules[index] }

  /// The findings of a proxy's status, after it has compared the settings.
  mutating func findings(at index: Int) -> [String] {
    proxies[index].compareSettings(now: now)
    return proxies[index].status(now: now).findings
  }

  /// Restarts a proxy, with an empty module.
  mutating func restart(_ index: Int, seed: UInt64, keys: KeyRing? = nil) {
    proxies[index] = SessionProxy(instance: .default, format: .auto, seed: seed, keys: keys, sealStart: seed)
    modules[index] = []
    proxies[index].attached(Self.kernel, now: now)
  }

  /// Replaces a proxy by a mirror, or adds one.
  /// - `snapshot`: the bytes of the snapshot that it has, which was taken `elapsed` milliseconds ago.
  mutating func startMirror(
    _ index: Int, seed: UInt64, _ settings: MirrorSettings = MirrorSettings(), format: PeerProtocol = .auto,
    keys: KeyRing? = nil, snapshot: [UInt8]? = nil, elapsed: UInt64 = 0
  ) throws {
    var mirror = SessionProxy(
      instance: .default, format: format, seed: seed, keys: keys, sealStart: seed, mirror: settings)
    if let snapshot {
      var decoder = SnapshotDecoder()
      var records: [TableRecord] = []
      try decoder.read(snapshot.span.bytes) { records.append($0) }
      try decoder.finish()
      guard let description = decoder.snapshot else { return }
      mirror.beginRestoring(description, clock: 0, now: now)
      for record in records { _ = mirror.restore(record, elapsed: elapsed, now: now) }
      mirror.finishRestoring()
    }
    if index == proxies.count {
      proxies.append(mirror)
      modules.append([])
      requests.append([])
    } else {
      proxies[index] = mirror
    }
  }

  /// Makes the module of a proxy announce sessions.
  mutating func announce(_ sessions: [SessionEntry], at index: Int) {
    try? proxies[index].learn(records: RecordLayout.packed36.encode(sessions).span.bytes, now: now)
  }

  mutating func injectLegacy(_ datagram: [UInt8], at index: Int) {
    _ = proxies[index].received(
      datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 99), now: now)
  }

  /// Reads the module's table if the proxy requests an audit, and compares it.
  /// - Parameters:
  ///   - index: the number of the proxy.
  ///   - sessions: the sessions that its module has.
  /// - Returns: the reason of the audit; `nil` if there was none.
  mutating func audit(_ index: Int, _ sessions: [SessionEntry]) -> SessionProxy.Audit? {
    guard let reason = readModule(index, sessions) else { return nil }
    finishAudit(index)
    settle()
    return reason
  }

  /// Reads the module's table if the proxy requests an audit.
  ///
  /// The comparison goes on with the next datagrams that are taken.
  /// - Returns: the reason of the audit; `nil` if there was none.
  mutating func readModule(_ index: Int, _ sessions: [SessionEntry]) -> SessionProxy.Audit? {
    while let request = proxies[index].nextAuditRequest(now: now) {
      var outcome = StoreRequest.Outcome.done
      if case .readSessions(let proto, _) = request {
        outcome = .sessions(sessions.filter { $0.proto == proto }, hasMore: false)
      }
      proxies[index].finished(request, outcome, now: now)
    }
    return proxies[index].audits.current?.reason
  }

  /// Compares what was read.
  mutating func finishAudit(_ index: Int) {
    while proxies[index].isAuditing {
      now = max(now, proxies[index].audits.deadline ?? now)
      deliver(proxies[index].takeDatagrams(now: now), from: index)
    }
  }

  mutating func take(from index: Int, isCongested: Bool) {
    deliver(proxies[index].takeDatagrams(now: now, sending: isCongested ? .waiting : .empty), from: index)
  }

  /// Passes enough time for all pending datagrams to arrive.
  mutating func settle() { pass(.milliseconds(200)) }

  mutating func pass(_ duration: TimeAmount) {
    let end = now + duration
    while now < end {
      now += .milliseconds(10)
      for index in proxies.indices {
        _ = proxies[index].updateMirror(clock: 0, now: now)
        proxies[index].advance(to: now)
        deliver(proxies[index].takeDatagrams(now: now), from: index)
        feed(index)
      }
    }
  }

  /// The module of a proxy executes the requests of the proxy.
  ///
  /// It is read only when a test calls `audit`.
  private mutating func feed(_ index: Int) {
    var adds = 0
    while adds < addsPerTurn, let request = proxies[index].nextFeedRequest(now: now) {
      requests[index].append(request)
      switch request {
      case .evict(let entry):
        let outcome = evictionOutcome
        if outcome == .done { evictions.append(entry) }
        evictionAttempts += 1
        proxies[index].finished(request, outcome, now: now)
      case .add(let sessions):
        adds += 1
        modules[index] += sessions
        proxies[index].finished(request, .done, now: now)
      case .acknowledge, .readBIB, .readSessions, .readPool4: return
      }
    }
    proxies[index].updateReadiness(now: now)
  }

  private mutating func deliver(_ datagrams: [[UInt8]], from sender: Int) {
    for datagram in datagrams {
      if SyncFrame.isFrame(datagram.span.bytes) { frames.append((sender, datagram)) } else { legacy.append(datagram) }
      for _ in 0..<copies {
        for index in proxies.indices where index != sender && !unreachable.contains(index) {
          _ = proxies[index].received(
            datagram: datagram.span.bytes, length: datagram.count, from: Self.address(of: sender), now: now)
        }
      }
    }
  }
}
