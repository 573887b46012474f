import JoolCore
import JoolSession

/// Version 2: who is ready has the right to the addresses.
extension NodeUnderTest {
  /// Bytes of a record.
  static let recordSize = 40
  /// The header that a sealed frame shares with no other one.
  static let sealHeader = 32
  static let version: UInt8 = 2
  /// Sessions that are read of the module at a time.
  private static let page = 256

  init(_ plan: NodePlan, seed: UInt64) {
    let format: WireFormat =
      switch plan.format {
      case .ss2: .ss2
      case .auto: .auto
      case .legacy: .legacy
      }
    let keys = plan.isSealed ? try? KeyRing(parsing: "1 " + String(repeating: "0a", count: 32), name: "keys") : nil
    proxy = SessionProxy(
      instance: .default, format: format, seed: seed, keys: keys, salt: UInt128(seed) << 64 | UInt128(seed))
    pool6 = AddressPlan.pool6(ofGroup: plan.group)
  }

  mutating func attach(_ timeouts: Timeouts, _ time: Time) {
    var limits = SessionLimits()
    limits.tcpEstablished = Milliseconds(.seconds(timeouts.tcpEstablished))
    limits.tcpTransitory = Milliseconds(.seconds(timeouts.tcpTransitory))
    limits.udp = Milliseconds(.seconds(timeouts.udp))
    limits.icmp = Milliseconds(.seconds(timeouts.icmp))
    let kernel = SessionProxy.Kernel(format: .packed36, pool6: pool6, limits: limits, isEnabled: true)
    proxy.attached(kernel, clock: UInt32(truncatingIfNeeded: time.wall), now: time.now)
  }

  mutating func detach(_ time: Time) {
    if audit != nil { proxy.finishAudit(isComplete: false, now: time.now) }
    audit = nil
    proxy.detached()
  }

  /// - Returns: whether it could be read.
  mutating func receive(_ datagram: [UInt8], from address: IPv6Address, waited: Duration, _ time: Time) -> Bool {
    let action = proxy.received(
      datagram: datagram.span.bytes, length: datagram.count, from: address, now: time.now)
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
  ///   - module: `nil` while it is away.
  ///   - send: what to do with datagrams.
  /// - Returns: how many sessions the module was given.
  mutating func turn(
    _ time: Time, local: Moment, module: inout SimulatedModule, isAttached: Bool, send: ([[UInt8]]) -> Void
  ) -> Int {
    proxy.advance(to: time.now)
    send(proxy.takeDatagrams(now: time.now))
    guard isAttached else { return 0 }
    for entry in proxy.takeEvictions() {
      module.remove(proto: entry.proto, source6: entry.source6)
      module.remove(proto: entry.proto, source4: entry.source4)
    }
    let sessions = proxy.nextAdd(now: time.now)
    if !sessions.isEmpty {
      for session in sessions { module.add(session, now: local) }
      proxy.confirmAdd(of: sessions, refused: false)
    }
    if audit == nil, let reason = proxy.takeAudit() { audit = (reason, 0) }
    if let (reason, next) = audit {
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
    proxy.noteProgress(isAuditing: audit != nil)
    return sessions.count
  }

  /// When the next turn is due, perhaps in the past.
  func deadline(_ time: Time) -> Instant? { audit == nil ? proxy.nextDeadline : time.now }

  var verdict: Verdict {
    switch proxy.state {
    case .ready: Verdict(state: .ready, may: true)
    case .joining: Verdict(state: .starting, may: false)
    case .catchingUp, .resyncing: Verdict(state: .mending, may: false)
    case .disabled, .absent: Verdict(state: .away, may: false)
    }
  }

  /// Its number in what it sends.
  var number: UInt64 { proxy.identity }

  var table: SessionTable? { proxy.table }
}

extension NodeUnderTest {
  /// The body of a hello of a node that has nothing and has heard nobody.
  static func hello(_ pool6: IPv6Prefix) -> [UInt8] {
    Forgery.big(1 << 56) + Forgery.big(0) + Forgery.big(0)
      + Forgery.big(UInt64(pool6.length) << 56) + Forgery.wide(pool6.address.bits)
  }
}
