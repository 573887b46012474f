internal import BenchmarkSupport
internal import JoolCore
internal import JoolSession

/// The steps that the event loop makes with a proxy.
extension SessionProxy {
  /// A ready proxy without peers, with a module that has added everything.
  static func ready(seed: UInt64, keys: KeyRing? = nil, at start: Instant) -> SessionProxy {
    guard let pool6 = Workload.pool6 else { fatalError("pool6") }
    var proxy = SessionProxy(instance: .default, format: .ss2, seed: seed, keys: keys)
    proxy.attached(
      SessionProxy.Kernel(format: Traffic.format, pool6: pool6, limits: Traffic.limits, isEnabled: true), now: start)
    for second in 0..<8 { proxy.advance(to: start + .seconds(second)) }
    for _ in 0..<2 {
      proxy.takeRequests(now: start + .seconds(8))
      _ = proxy.takeDatagrams(now: start + .seconds(8))
      proxy.updateReadiness(now: start + .seconds(8))
    }
    proxy.advance(to: start + .seconds(8))
    guard proxy.nodeStatus.state == .ready else { fatalError("the proxy is not ready") }
    return proxy
  }

  /// Carries out all requests to the proxy's module.
  mutating func takeRequests(now: Instant) {
    while let request = nextStoreRequest(now: now) { finished(request, .done, now: now) }
  }

  /// Exchanges the pending datagrams of two proxies.
  mutating func exchange(with other: inout SessionProxy, now: Instant) {
    for datagram in takeDatagrams(now: now) {
      _ = other.received(datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 1), now: now)
    }
    for datagram in other.takeDatagrams(now: now) {
      _ = received(datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 2), now: now)
    }
    advance(to: now)
    other.advance(to: now)
  }

  /// Lets two proxies exchange hellos, because a proxy accepts no updates before both have received the other one.
  mutating func meet(_ other: inout SessionProxy, at start: Instant) {
    for tick in 0..<400 { exchange(with: &other, now: start + .milliseconds(10 * tick)) }
  }

  /// Handles the module's messages one at a time, as the event loop does, and passes on the datagrams that the proxy
  /// sends.
  mutating func announce(_ messages: some Collection<[UInt8]>, at time: Instant, send: ([UInt8]) -> Void) throws {
    var now = time
    for records in messages {
      try learn(records: records.span.bytes, now: now)
      for datagram in takeDatagrams(now: now) { send(datagram) }
      if nextDeadline ?? now <= now { advance(to: now) }
      now += Traffic.pause
    }
  }

  /// Handles the datagrams of the peer, up to the requests to the module.
  mutating func receive(_ datagrams: some Collection<[UInt8]>, at time: Instant) {
    for datagram in datagrams {
      _ = received(datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 1), now: time)
      _ = takeDatagrams(now: time)
    }
    takeRequests(now: time + .seconds(1))
  }

  /// Runs turns of the event loop, each of which a message of the module with one session begins.
  mutating func turn(_ count: Int, message: [UInt8], at time: Instant) throws {
    for turn in 0..<count {
      let now = time + .microseconds(100 * turn)
      try learn(records: message.span.bytes, now: now)
      advance(to: now)
      _ = takeDatagrams(now: now)
      _ = nextStoreRequest(now: now)
      updateReadiness(now: now)
      _ = nextDeadline
    }
  }
}
