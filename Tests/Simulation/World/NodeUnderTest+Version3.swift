import JoolCore
import JoolSession

/// Version 3.
extension NodeUnderTest {
  /// Bytes of a record.
  static let recordSize = 44
  /// The header that a sealed frame shares with no other one.
  static let sealHeader = 32
  static let version: UInt8 = 3
  /// Sessions that are read of the module at a time.
  private static let page = 256
  /// Requests to the module in a turn.
  private static let burst = 64

  init(_ plan: NodePlan, seed: UInt64) {
    let format: WireFormat =
      switch plan.format {
      case .ss2: .ss2
      case .auto: .auto
      case .legacy: .legacy
      }
    let keys = plan.isSealed ? try? KeyRing(parsing: "1 " + String(repeating: "0a", count: 32), name: "keys") : nil
    proxy = SessionProxy(
      instance: .default, format: format, seed: seed, keys: keys, sealStart: Dice.hash(seed, 1))
    pool6 = AddressPlan.pool6(ofGroup: plan.group)
  }

  mutating func attach(_ timeouts: Timeouts, _ time: Time) {
    var limits = SessionLimits()
    limits.tcpEstablished = Milliseconds(.seconds(timeouts.tcpEstablished))
    limits.tcpTransitory = Milliseconds(.seconds(timeouts.tcpTransitory))
    limits.udp = Milliseconds(.seconds(timeouts.udp))
    limits.icmp = Milliseconds(.seconds(timeouts.icmp))
    let kernel = SessionProxy.Kernel(format: .packed36, pool6: pool6, limits: limits, isEnabled: true)
    proxy.attached(kernel, clock: UInt64(clamping: time.wall), now: time.now)
  }

  mutating func detach(_ time: Time) {
    if audit != nil { proxy.finishAudit(isComplete: false, now: time.now) }
    audit = nil
    proxy.detached()
  }

  /// A turn of the loop begins, before the sockets are read.
  /// - Returns: whether it did not run for seconds. Then what the module has announced meanwhile does not count.
  mutating func begin(_ time: Time, chance: UInt64) -> Bool {
    guard proxy.turn(now: time.now, sealStart: Dice.hash(chance, 2)) != nil else { return false }
    proxy.requestAudit(.repair)
    return true
  }

  /// - Returns: whether it could be read.
  mutating func receive(_ datagram: [UInt8], from address: IPv6Address, waited: Duration, _ time: Time) -> Bool {
    let action = proxy.received(
      datagram: datagram.span.bytes, length: datagram.count, from: address, waited: waited, now: time.now)
    if case .drop = action { return false }
    return true
  }

  mutating func learn(_ sessions: [SessionEntry], _ time: Time) {
    guard !sessions.isEmpty else { return }
    // A refused session would be the simulation's mistake.
    try? proxy.learn(records: SyncFormat.packed36.encode(sessions).span.bytes, now: time.now)
  }

  mutating func overran() { proxy.overran() }

  /// A turn of the loop after the sockets were read.
  /// - Parameters:
  ///   - local: `time` as the module counts it.
  ///   - chance: of this turn and this node.
  ///   - send: what to do with datagrams.
  /// - Returns: how many sessions the module was given.
  mutating func turn(
    _ time: Time, local: Moment, module: inout SimulatedModule, isAttached: Bool, chance: UInt64,
    send: ([[UInt8]]) -> Void
  ) -> Int {
    if proxy.mustStartAnew {
      if audit != nil { proxy.finishAudit(isComplete: false, now: time.now) }
      audit = nil
      proxy.startAnew(
        seed: chance, sealStart: Dice.hash(chance, 1), clock: UInt64(clamping: time.wall), now: time.now)
    }
    proxy.advance(to: time.now)
    send(proxy.takeDatagrams(now: time.now))
    guard isAttached else {
      proxy.updateReadiness(isAuditing: false, now: time.now)
      return 0
    }
    let given = feed(&module, time, local: local)
    readModule(&module, time, local: local, send)
    proxy.updateReadiness(isAuditing: audit != nil, now: time.now)
    return given
  }

  private mutating func feed(_ module: inout SimulatedModule, _ time: Time, local: Moment) -> Int {
    for _ in 0..<Self.burst {
      guard let request = proxy.nextStoreRequest(now: time.now) else { return 0 }
      switch request {
      case .evict(let entry):
        // The event loop asks the module right before.
        let isStatic = module.isStatic(entry)
        if !isStatic { module.remove(entry) }
        proxy.finished(request, isStatic ? .isStatic : .done, now: time.now)
      case .add(let sessions):
        for session in sessions { module.add(session, now: local) }
        proxy.finished(request, .done, now: time.now)
        return sessions.count
      }
    }
    return 0
  }

  private mutating func readModule(
    _ module: inout SimulatedModule, _ time: Time, local: Moment, _ send: ([[UInt8]]) -> Void
  ) {
    if audit == nil, let reason = proxy.takeAudit() {
      audit = (reason, 0)
      proxy.useStatics(module.staticEntries)
    }
    guard let (reason, next) = audit else { return }
    var page: [SessionEntry] = []
    let rest = module.page(from: next, limit: Self.page, now: local) { page.append($0) }
    proxy.reconcile(page, because: reason, now: time.now)
    send(proxy.takeDatagrams(now: time.now, legacy: reason == .start ? [] : nil))
    if let rest {
      audit = (reason, rest)
    } else {
      audit = nil
      proxy.finishAudit(isComplete: true, now: time.now)
    }
  }

  /// When the next turn is due, perhaps in the past.
  func deadline(_ time: Time) -> Instant? { audit == nil ? proxy.nextDeadline : time.now }

  var verdict: Verdict {
    let nodeStatus = proxy.nodeStatus
    let state: State =
      switch nodeStatus.state {
      case .starting: .starting
      case .mending: .mending
      case .ready: .ready
      case .disabled, .absent: .away
      }
    return Verdict(state: state, may: nodeStatus.isReady)
  }

  /// Its number in what it sends; another one when it has started anew.
  var number: UInt64 { proxy.identity }

  var table: SessionTable? { proxy.table }

  /// When a version was said, by the clock of who said it.
  static func said(_ version: UInt64) -> Moment { Moment(Int64(version >> 20) - NodeClock.epoch) * 1000 }

  /// The body of a hello of a node that is ready, has nothing and has heard nobody.
  static func hello(_ pool6: IPv6Prefix) -> [UInt8] {
    let state = Forgery.big(2 << 56 | UInt64(pool6.length) << 16)
    let timeouts = Forgery.big(7_200_000 << 32 | 240_000) + Forgery.big(300_000 << 32 | 60_000)
    return state + Forgery.big(0) + Forgery.big(0) + Forgery.big(0) + Forgery.wide(pool6.address.bits) + timeouts
      + Forgery.big(0)
  }
}
