import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The effect and its duration of one forged datagram in a group without a key.
@Suite struct ForgedFrameTests {
  private static let attacker = IPv6Address(bits: 0xFE80 << 112 | 666)

  enum Sender: CaseIterable { case present, stranger }
  enum Number: CaseIterable { case present, next, ahead, absurd }

  private static func bodies(_ group: Group) -> [SyncFrame.Body] {
    let silent = SyncFrame.HelloEntry.sample(Incarnation(4711), next: 1 << 60, silence: 6)
    let settings = NodeSettings(isEnabled: false, isTranslating: true, limits: SessionLimits(), pool4: [])
    var hello = SyncFrame.Hello.sample(.ready)
    hello.clock = group.proxies[0].node?.records.clock.latest ?? hello.clock
    hello.sessions = 1 << 40
    hello.entries = [silent]
    var starting = hello
    starting.state = .starting
    return [
      .hello(hello), .hello(starting), .update([]), .nak([.init(first: 1, count: .max)]),
      .unavailable(first: 1, last: 1 << 60),
      .pull(.init(transfer: 7, next: 0, window: 256, buckets: nil, missing: [])),
      .bulk(.init(transfer: 7, frame: 0, frames: 0, records: [])),
      .compare(first: 0, Array(repeating: 1, count: 64)), .buckets(group: 0, Array(repeating: 1, count: 64)),
      .differences(.init(first: 0, count: 64, bitmap: .max)),
      .settings(.init(revision: 99, part: 0, parts: 1, settings: settings)),
    ]
  }

  /// Whatever the frame contains, the node that receives it keeps the right to the addresses, becomes ready again soon,
  /// and receives every session of its peer within four seconds.
  @Test(arguments: Sender.allCases, Number.allCases) func keepsTheAddressesAndAllSessions(
    sender: Sender, number: Number
  ) throws {
    for kind in Self.bodies(Group(count: 1)).indices {
      var group = Group(seed: 7)
      group.announce((0..<200).map { .sample($0, expiration: 290_000) }, at: 0)
      group.pass(.seconds(3))
      let peer = try #require(group.proxies[0].node)
      let last = peer.transmitter.lastUpdate
      let sequence: UInt64 =
        switch number {
        case .present: last
        case .next: last + 1
        case .ahead: last + 3000
        case .absurd: 1 << 60
        }
      let body = Self.bodies(group)[kind]
      let sentBefore = group.frames.count
      let frame = SyncFrame(
        sender: sender == .present ? peer.identity : Incarnation(4712), number: peer.transmitter.hellos.number + 1,
        sequence: sequence,
        body: body)
      inject(frame, at: 1, in: &group)
      group.pass(.milliseconds(10))
      #expect(group.frames.count - sentBefore < 150, "\(body) causes many datagrams")
      var pending: [(session: SessionEntry, at: Instant)] = []
      for tenth in 0..<75 {
        if tenth % 5 == 0, tenth < 40 {
          let session = SessionEntry.sample(1000 + tenth, expiration: 290_000)
          group.announce([session], at: 0)
          pending.append((session, group.now))
        }
        group.pass(.milliseconds(100))
        let nodeStatus = group.proxies[1].nodeStatus
        #expect(nodeStatus.isReady, "\(body) after \(tenth) tenths")
        if tenth > 40 { #expect(nodeStatus.state == .ready, "\(body) after \(tenth) tenths") }
        let arrived = Set(group.module(1).map(SessionKey.init))
        for one in pending where group.now - one.at > .seconds(4) {
          #expect(arrived.contains(SessionKey(one.session)), "\(body): the session did not arrive within four seconds")
        }
        pending.removeAll { group.now - $0.at > .seconds(4) }
      }
      let stream = group.proxies[1].node?.peers[peer.identity]?.stream
      let end = group.proxies[0].node.map { $0.transmitter.lastUpdate + 1 }
      #expect(stream?.isComplete == true && stream?.known == end, "\(body)")
    }
  }

  /// A.12: incarnations do not replace each other, so a late datagram of one does not affect another.
  @Test func acceptsANodeDespiteLateDatagramsOfItsFormerStart() throws {
    var group = Group()
    let former = try #require(group.frames.last { $0.proxy == 0 }).datagram
    group.restart(0, seed: 70)
    group.pass(.seconds(4))
    let present = try #require(group.proxies[0].node?.identity)
    _ = group.proxies[1].received(
      datagram: former.span.bytes, length: former.count, from: Group.address(of: 0), now: group.now)
    group.announce([.sample(7)], at: 0)
    group.settle()
    #expect(group.module(1).contains { $0.source6 == SessionEntry.sample(7).source6 })
    #expect(group.proxies[1].node?.peers[present]?.isAlive(at: group.now) == true)
  }

  private func inject(_ frame: SyncFrame, at index: Int, in group: inout Group) {
    let datagram = frame.encoded()
    _ = group.proxies[index].received(
      datagram: datagram.span.bytes, length: datagram.count, from: Self.attacker, now: group.now)
  }
}
