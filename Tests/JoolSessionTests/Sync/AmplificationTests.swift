import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Small frames that make a node send much.
@Suite struct AmplificationTests {
  private static let duration = Duration.seconds(2)

  private static func hello(_ state: NodeState, mentions own: Incarnation? = nil) -> SyncFrame.Hello {
    var hello = SyncFrame.Hello(
      state: state, tag: 5, clock: .unassigned, sessions: 1 << 40, rootDigest: 1, pool6: .wellKnown,
      limits: SessionLimits()
    )
    hello.entries = own.map { [.init(incarnation: $0, next: 0, beyond: 0, silence: 0, flags: [.heard])] } ?? []
    if state == .starting { hello.pad(to: SyncFrame.Hello.startingSize) }
    return hello
  }

  /// All that asks for something, as often as the network takes it.
  private static let questions: [SyncFrame.Body] = [
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

  /// A group of our kind, whose second node has 30,000 sessions and has said all of them.
  private static func group() -> Group {
    var group = Group(formats: [.ss2, .ss2])
    group.announce((0..<30_000).map { .sample($0, expiration: 290_000) }, at: 1)
    group.pass(.seconds(3))
    return group
  }

  /// Asks each 10 ms.
  /// - Returns: the bytes that came in, and how many more left than without.
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
      victim.hear(datagram, at: 1)
      victim.pass(.milliseconds(10))
      untouched.pass(.milliseconds(10))
    }
    return (bytes, sent(by: victim) - sent(by: untouched))
  }

  private static func sent(by group: Group) -> Int {
    group.frames.reduce(0) { $0 + ($1.proxy == 1 ? $1.datagram.count : 0) }
  }

  @Test func strangersGetLessThanThreeTimesWhatTheySent() {
    let group = Self.group()
    let hellos: [SyncFrame.Body] = [.hello(Self.hello(.starting)), .hello(Self.hello(.ready))]
    for body in Self.questions + hellos {
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

  /// Of a peer's, as anybody can write it who listens.
  @Test func peersGetAtMostTheirBucket() throws {
    let group = Self.group()
    let peer = try #require(group.proxies[0].node?.identity)
    let last = try #require(group.proxies[0].node?.resend.last)
    let seconds = 2
    for body in Self.questions {
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
        // A transfer per second, of which the peer does not show that it arrives.
        case .pull: 3 * Int(TransferProgress.firstWindow) * PathMTU.ethernet.payload
        // Five per second.
        case .compare: (5 * seconds + 1) * 65 * 552
        default: 2 * PathMTU.ethernet.payload
        }
      #expect(sent <= most, "\(body)")
    }
  }

  /// Made-up numbers do not hear this node, so they have no place that a peer could need.
  @Test func madeUpNodesKeepNobodyOut() {
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
          for index in group.proxies.indices { group.hear(hello, at: index) }
          if number % 20 == 19 { group.live(.milliseconds(100)) }
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

  /// A number that the peer never reaches is believed until its next hello.
  @Test(arguments: [UInt64(1), 3000, 1 << 60]) func aMadSequenceCostsOneSecond(ahead: UInt64) throws {
    for kind: SyncFrame.Body in [.update([]), .nak([])] {
      var group = Group()
      group.announce([.sample(0, expiration: 290_000)], at: 0)
      group.pass(.seconds(1))
      let peer = try #require(group.proxies[0].node?.identity)
      let last = try #require(group.proxies[0].node?.resend.last)
      group.hear(SyncFrame(sender: peer, number: 0, sequence: last + ahead, body: kind).encoded(), at: 1)
      group.pass(.milliseconds(1300))
      #expect(group.proxies[1].node?.peers[peer]?.stream.isComplete == true, "\(kind)")
      for number in 1...20 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
      group.pass(.seconds(4))
      #expect(group.proxies[1].node?.table.count == 21, "\(kind)")
      #expect(group.proxies[1].nodeStatus.state == .ready, "\(kind)")
    }
  }

  /// Whoever comes would like to have them soon; the others do not wait longer for it.
  @Test func settingsAreNotPostponed() throws {
    var group = Group()
    let range = MaskRange(mark: 0, proto: .tcp, addresses: 1...1, ports: 1...2)
    group.proxies[1].tell(pool4: [range], now: group.now)
    group.pass(.milliseconds(100))
    func told() -> Int {
      group.bodies.count { if case .settings = $0.body { $0.proxy == 1 } else { false } }
    }
    let before = told()
    let own = try #require(group.proxies[1].node?.identity)
    for number in 0..<40 {
      let hello = SyncFrame(
        sender: Incarnation(6000 + UInt64(number)), number: 1, sequence: 0,
        body: .hello(Self.hello(.starting, mentions: own)))
      group.hear(hello.encoded(), at: 1)
      group.pass(.milliseconds(500))
    }
    #expect(told() > before)
  }
}
