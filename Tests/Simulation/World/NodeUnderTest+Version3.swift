import JoolCore
import JoolSession

/// The parts that depend on version 3 of the protocol.
extension NodeUnderTest {
  /// The size of a record in bytes.
  static let recordSize = 44
  /// The size in bytes of a sealed frame's header, which no other sealed frame may have.
  static let sealHeader = 32
  static let version: UInt8 = 3
  /// The number of sessions that are read from the module at a time.
  private static let page = 256
  /// The largest number of requests to the module in a turn.
  private static let burst = 64

  init(_ plan: NodePlan, seed: UInt64) {
    let format: PeerProtocol =
      switch plan.format {
      case .ss2: .ss2
      case .auto: .auto
      case .legacy: .legacy
      }
    let keys = plan.isSealed ? try? KeyRing(parsing: "1 " + String(repeating: "0a", count: 32), name: "keys") : nil
    proxy = SessionProxy(
      instance: .default, format: format, seed: seed, keys: keys, sealStart: Dice.hash(seed, 1),
      mirror: plan.mirror.map { Self.settings(of: $0, plan) })
    pool6 = AddressPlan.pool6(ofGroup: plan.group)
  }

  mutating func attach(_ timeouts: Timeouts, _ time: Time) {
    let kernel = SessionProxy.Kernel(format: .packed36, pool6: pool6, limits: Self.limits(timeouts), isEnabled: true)
    proxy.attached(kernel, clock: UInt64(clamping: time.wall), now: time.now)
  }

  static func limits(_ timeouts: Timeouts) -> SessionLimits {
    var limits = SessionLimits()
    limits.tcpEstablished = Milliseconds(.seconds(timeouts.tcpEstablished))
    limits.tcpTransitory = Milliseconds(.seconds(timeouts.tcpTransitory))
    limits.udp = Milliseconds(.seconds(timeouts.udp))
    limits.icmp = Milliseconds(.seconds(timeouts.icmp))
    return limits
  }

  mutating func detach(_ time: Time) {
    proxy.detached(now: time.now)
  }

  /// Begins a turn of the loop, before the sockets are read.
  /// - Returns: whether the node did not run for seconds. Then announcements of the module from that time do not count.
  mutating func begin(_ time: Time, chance: UInt64) -> Bool {
    proxy.turn(now: time.now, sealStart: Dice.hash(chance, 2)) != nil
  }

  /// Passes a datagram to the proxy.
  ///
  /// - Returns: whether the datagram could be decoded.
  mutating func receive(_ datagram: [UInt8], from address: IPv6Address, waited: TimeAmount, _ time: Time) -> Bool {
    let action = proxy.received(
      datagram: datagram.span.bytes, length: datagram.count, from: address, waited: waited, now: time.now)
    if case .drop = action { return false }
    return true
  }

  mutating func learn(_ sessions: [SessionEntry], _ time: Time) {
    guard !sessions.isEmpty else { return }
    // A refused session would be a mistake of the simulation.
    try? proxy.learn(records: RecordLayout.packed36.encode(sessions).span.bytes, now: time.now)
  }

  mutating func overran() { proxy.overran() }

  /// Removes the mapping of a client.
  /// - Returns: the version of the removal; `nil` if the node has no table, or no such mapping in it.
  mutating func remove(_ client: (proto: L4Protocol, source6: TransportAddress6), _ time: Time) -> UInt64? {
    guard let entry = proxy.table?.bibEntry(proto: client.proto, source6: client.source6),
      (try? proxy.remove([entry], now: time.now)).map({ $0.removed == 1 }) == true
    else { return nil }
    return removal(of: client, time)?.version.rawValue
  }

  /// The removal of a client that the node remembers.
  func removal(of client: (proto: L4Protocol, source6: TransportAddress6), _ time: Time) -> Removal? {
    proxy.table?.removal(proto: client.proto, source6: client.source6, now: time.now)
  }

  /// Whether the table has a session of a client with a higher version.
  func hasRecord(
    of client: (proto: L4Protocol, source6: TransportAddress6), above version: UInt64, _ time: Time
  ) -> Bool {
    guard let table = proxy.table, let entry = table.bibEntry(proto: client.proto, source6: client.source6) else {
      return false
    }
    return table.sessions(of: entry, now: time.now).contains { $0.version.rawValue > version }
  }

  /// Performs a turn of the loop after the sockets were read.
  ///
  /// Returns the number of sessions that were added to the module.
  /// - `local`: `time` on the module's clock.
  /// - `chance`: a random number for this turn and node.
  /// - `send`: a function that sends datagrams.
  mutating func turn(
    _ time: Time, local: Moment, module: inout SimulatedModule, isAttached: Bool, chance: UInt64,
    send: ([[UInt8]]) -> Void
  ) -> Int {
    if proxy.mustStartAnew {
      proxy.startAnew(
        seed: chance, sealStart: Dice.hash(chance, 1), clock: UInt64(clamping: time.wall), now: time.now)
    }
    proxy.advance(to: time.now)
    send(proxy.takeDatagrams(now: time.now))
    let given = isAttached ? serve(from: &module, time, local: local) : 0
    proxy.updateReadiness(now: time.now)
    return given
  }

  /// Carries out the requests to the module.
  /// - Returns: the number of sessions that were added to the module.
  private mutating func serve(from module: inout SimulatedModule, _ time: Time, local: Moment) -> Int {
    for _ in 0..<Self.burst {
      guard let request = proxy.nextStoreRequest(now: time.now) else { return 0 }
      proxy.finished(request, Self.carryOut(request, &module, local: local), now: time.now)
      if case .add(let sessions) = request { return sessions.count }
      if request.endsTurn { return 0 }
    }
    return 0
  }

  private static func carryOut(
    _ request: StoreRequest, _ module: inout SimulatedModule, local: Moment
  ) -> StoreRequest.Outcome {
    switch request {
    case .acknowledge, .readPool4: return .done
    case .readBIB(let proto, _): return .bibEntries(module.staticEntries(of: proto), hasMore: false)
    case .readSessions(let proto, let previous):
      var page: [SessionEntry] = []
      let hasMore = module.readPage(of: proto, after: previous, limit: Self.page, now: local) { page.append($0) }
      return .sessions(page, hasMore: hasMore)
    case .evict(let entry):
      // The event loop checks the entry right before it removes it.
      if module.isStatic(entry) { return .isStatic }
      module.remove(entry)
      return .done
    case .add(let sessions):
      for session in sessions { module.add(session, now: local) }
      return .done
    }
  }

  /// The time at which the next turn is due, possibly in the past.
  var deadline: Instant? { proxy.nextDeadline }

  /// Whether the module's table is being read, or compared.
  var isAuditing: Bool { proxy.isAuditing }

  var verdict: Verdict {
    let nodeStatus = proxy.nodeStatus
    let state: State =
      switch nodeStatus.state {
      case .starting: .starting
      case .mending: .mending
      case .ready: .ready
      case .disabled, .absent: .away
      }
    // A mirror's status has `isReady` for those who wait for its table.
    return Verdict(state: state, may: nodeStatus.isReady && !proxy.isMirror)
  }

  /// The number of the node in its frames.
  ///
  /// It changes when the node takes a new identity.
  var number: UInt64 { proxy.identity }

  var table: SessionTable? { proxy.table }

  /// The highest version that the node has sent or received.
  var latestVersion: UInt64 { proxy.latestVersion }

  /// The time at which a version was assigned, by the clock of its author.
  static func said(_ version: UInt64) -> Moment { Moment(Int64(version >> 20) - NodeClock.epoch) * 1000 }

  /// The body of a hello of a ready node without sessions and peers.
  static func hello(_ pool6: IPv6Prefix) -> [UInt8] {
    let state = Forgery.big(2 << 56 | UInt64(pool6.length) << 16)
    let timeouts = Forgery.big(7_200_000 << 32 | 240_000) + Forgery.big(300_000 << 32 | 60_000)
    return state + Forgery.big(0) + Forgery.big(0) + Forgery.big(0) + Forgery.wide(pool6.address.bits) + timeouts
      + Forgery.big(0)
  }
}
