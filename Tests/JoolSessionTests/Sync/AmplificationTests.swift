import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The amount that a node sends in response to small frames.
@Suite struct AmplificationTests {
  private static let duration = TimeAmount.seconds(2)

  private static func hello(_ state: NodeState, mentions own: Incarnation? = nil) -> SyncFrame.Hello {
    var hello = SyncFrame.Hello(
      state: state, tag: 5, clock: .unassigned, sessions: 1 << 40, rootDigest: 1, pool6: .wellKnown,
      limits: SessionLimits()
    )
    hello.entries = own.map { [.init(incarnation: $0, next: 0, beyond: 0, silence: 0, flags: [.heard])] } ?? []
    if state == .starting { hello.pad(to: SyncFrame.Hello.startingSize) }
    return hello
  }

  /// All frames that request something.
  private static let requests: [SyncFrame.Body] = [
    .nak([.init(first: 1, count: .max)]), .nak((0..<64).map { .init(first: $0 * 16 + 1, count: 16) }),
    .pull(.init(transfer: 0, next: 0, window: .max, buckets: nil, missing: [])),
    .compare(first: 0, Array(repeating: 1, count: 64)), .buckets(group: 0, Array(repeating: 1, count: 64)),
    .differences(.init(first: 0, count: 64, bitmap: .max)), .bulk(.init(transfer: 7, frame: 0, frames: 9, records: [])),
    .unavailable(first: 1, last: 1 << 60), .update([]),
    .settings(
      .init(
        revision: 9, part: 0, parts: 1,
        settings: .init(isEnabled: true, isTranslating: false, limits: SessionLimits(), pool4: []))),
  ]

  /// A group of SS2 proxies, whose second node has 30,000 sessions and has sent all of them.
  private static func group() -> Group {
    var group = Group(formats: [.ss2, .ss2])
    group.announce((0..<30_000).map { .sample($0, expiration: 290_000) }, at: 1)
    group.pass(.seconds(3))
    return group
  }

  /// Sends a frame to node 1 every 10 ms.
  /// - Returns: the bytes that were sent to the node, and the bytes that the node sent beyond those of an undisturbed
  /// group.
  private static func attack(
    _ group: Group, with frame: (Int) -> SyncFrame
  ) -> (bytes: Int, sent: Int) {
    var (victim, untouched) = (group, group)
    var bytes = 0
    let end = group.now + duration
    var number = 0
    while victim.now < end {
      let datagram = frame(number).encoded()
      number += 1
      bytes += datagram.count
      victim.inject(datagram, at: 1)
      victim.pass(.milliseconds(10))
      untouched.pass(.milliseconds(10))
    }
    return (bytes, sent(by: victim) - sent(by: untouched))
  }

  private static func sent(by group: Group) -> Int {
    group.frames.reduce(0) { $0 + ($1.proxy == 1 ? $1.datagram.count : 0) }
  }

  @Test func sendsStrangersLessThanThreeTimesTheirBytes() {
    let group = Self.group()
    let hellos: [SyncFrame.Body] = [.hello(Self.hello(.starting)), .hello(Self.hello(.ready))]
    for body in Self.requests + hellos {
      for isAlwaysNew in [false, true] {
        let (bytes, sent) = Self.attack(group) { number in
          SyncFrame(
            sender: Incarnation(4711 + (isAlwaysNew ? UInt64(number) : 0)), number: UInt32(number), sequence: 0,
            body: body)
        }
        #expect(sent < 3 * bytes, "\(body)")
      }
    }
  }

  /// The frames name a peer as their sender, because anyone who listens can forge them.
  @Test func sendsPeersAtMostTheirBudget() throws {
    let group = Self.group()
    let peer = try #require(group.proxies[0].node?.identity)
    let last = try #require(group.proxies[0].node?.transmitter.lastUpdate)
    let seconds = 2
    for body in Self.requests {
      let (_, sent) = Self.attack(group) { number in
        var body = body
        if case .pull(var pull) = body {
          pull.transfer = UInt32(number + 1)
          body = .pull(pull)
        }
        return SyncFrame(sender: peer, number: 0, sequence: last, body: body)
      }
      let most =
        switch body {
        case .nak: seconds * SendBudget.peerRate + SendBudget.peerBurst
        // One transfer per second, whose frames the peer does not acknowledge.
        case .pull: 3 * Int(TransferProgress.firstWindow) * PathMTU.ethernet.payload
        // Five comparisons per second.
        case .compare: (5 * seconds + 1) * 65 * 552
        default: 2 * PathMTU.ethernet.payload
        }
      #expect(sent <= most, "\(body)")
    }
  }

  /// Forged incarnations do not mention this node in their hellos, so they take no place that a peer needs.
  @Test func forgedNodesDoNotKeepPeersOut() {
    var group = Group(count: 3)
    group.announce([.sample(0, expiration: 290_000)], at: 0)
    group.pass(.seconds(1))
    func flood() {
      for second in 0..<10 {
        for number in 0..<200 {
          let sender = Incarnation(5000 + UInt64(number))
          let hello = SyncFrame(
            sender: sender, number: UInt32(second), sequence: 0, body: .hello(Self.hello(.ready))
          ).encoded()
          for index in group.proxies.indices { group.inject(hello, at: index) }
          if number % 20 == 19 { group.run(.milliseconds(100)) }
        }
        if second == 2 { group.restart(2, seed: 77) }
      }
    }
    flood()
    _ = group.audit(2, [])
    #expect(group.module(2).map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.proxies[2].node?.state.hasTable == true)
    #expect(group.proxies[0].node?.peers.heard(now: group.now).count == 2)
  }

  /// A sequence number beyond the peer's last one counts only until the peer's next hello.
  @Test(arguments: [UInt64(1), 3000, 1 << 60]) func anAbsurdSequenceNumberHasEffectForOneSecond(ahead: UInt64) throws {
    for kind: SyncFrame.Body in [.update([]), .nak([])] {
      var group = Group()
      group.announce([.sample(0, expiration: 290_000)], at: 0)
      group.pass(.seconds(1))
      let peer = try #require(group.proxies[0].node?.identity)
      let last = try #require(group.proxies[0].node?.transmitter.lastUpdate)
      group.inject(SyncFrame(sender: peer, number: 0, sequence: last + ahead, body: kind).encoded(), at: 1)
      group.pass(.milliseconds(1300))
      #expect(group.proxies[1].node?.peers[peer]?.stream.isComplete == true, "\(kind)")
      for number in 1...20 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
      group.pass(.seconds(4))
      #expect(group.proxies[1].node?.table.count == 21, "\(kind)")
      #expect(group.proxies[1].nodeStatus.state == .ready, "\(kind)")
    }
  }

  /// New peers request the settings, but their requests do not delay those for the other peers.
  @Test func requestsDoNotDelaySettings() throws {
    var group = Group()
    let range = MaskRange(mark: 0, proto: .tcp, addresses: 1...1, ports: 1...2)
    group.proxies[1].advertise(pool4: [range], now: group.now)
    group.pass(.milliseconds(100))
    func settingsSent() -> Int {
      group.bodies.count { if case .settings = $0.body { $0.proxy == 1 } else { false } }
    }
    let before = settingsSent()
    let own = try #require(group.proxies[1].node?.identity)
    for number in 0..<40 {
      let hello = SyncFrame(
        sender: Incarnation(6000 + UInt64(number)), number: 1, sequence: 0,
        body: .hello(Self.hello(.starting, mentions: own)))
      group.inject(hello.encoded(), at: 1)
      group.pass(.milliseconds(500))
    }
    #expect(settingsSent() > before)
  }
}
