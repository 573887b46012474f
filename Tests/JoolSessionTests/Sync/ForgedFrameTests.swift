import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// A group without a key, and somebody on its network who makes up one datagram. What may it do, and for how long?
@Suite struct ForgedFrameTests {
  private static let attacker = IPv6Address(bits: 0xFE80 << 112 | 666)

  enum Sender: CaseIterable { case present, otherStart, stranger, victim }
  enum Number: CaseIterable { case present, next, ahead, absurd }

  private static func bodies(_ group: Group) -> [SyncFrame.Body] {
    let silent = SyncFrame.Heard(
      sender: SyncSender(node: 4711, epoch: 1), next: 1 << 60, silence: Milliseconds(6000))
    let settings = NodeSettings(isEnabled: false, isTranslating: true, limits: SessionLimits(), pool4: [])
    let hello = SyncFrame.Hello(
      isReady: true, clock: group.proxies[0].node?.clock.latest ?? .unsaid, sessions: 1 << 40, rootDigest: 1,
      pool6: .wellKnown, heard: [silent])
    var joining = hello
    joining.isReady = false
    return [
      .hello(hello), .hello(joining), .update([]), .nak([.init(first: 1, count: .max)]),
      .gone(first: 1, last: 1 << 60), .join(.init(transfer: 7, next: 0, window: 256, missing: [])),
      .bulk(.init(transfer: 7, frame: 0, frames: 0, records: [])),
      .digests(first: 0, Array(repeating: 1, count: 64)), .buckets(group: 0, Array(repeating: 1, count: 64)),
      .repair(bucket: 0, []), .settings(.init(revision: 99, part: 0, parts: 1, settings: settings)),
    ]
  }

  /// Whatever it says: the node that hears it stays ready, and hears every session of its peer within four seconds.
  @Test(arguments: Sender.allCases, Number.allCases) func costsNeitherReadinessNorASession(
    sender: Sender, number: Number
  ) throws {
    for kind in Self.bodies(Group(count: 1)).indices {
      var group = Group(seed: 7)
      group.announce((0..<200).map { .sample($0, expiration: 290_000) }, at: 0)
      group.pass(.seconds(3))
      let identities = try group.proxies.map { try #require($0.node?.identity) }
      let last = try #require(group.proxies[0].node?.resend.last)
      let identity: SyncSender =
        switch sender {
        case .present: identities[0]
        case .otherStart: SyncSender(node: identities[0].node, epoch: identities[0].epoch &+ 1)
        case .stranger: SyncSender(node: 4712, epoch: 1)
        case .victim: SyncSender(node: identities[1].node, epoch: identities[1].epoch &+ 1)
        }
      let sequence: UInt64 =
        switch number {
        case .present: last
        case .next: last + 1
        case .ahead: last + 3000
        case .absurd: 1 << 60
        }
      let body = Self.bodies(group)[kind]
      let sentBefore = group.frames.count
      hear(SyncFrame(sender: identity, sequence: sequence, body: body), at: 1, in: &group)
      group.pass(.milliseconds(10))
      #expect(group.frames.count - sentBefore < 150, "\(body) makes a node send much")
      var said: [(session: SessionEntry, at: ContinuousClock.Instant)] = []
      for tenth in 0..<75 {
        if tenth % 5 == 0, tenth < 40 {
          let session = SessionEntry.sample(1000 + tenth, expiration: 290_000)
          group.announce([session], at: 0)
          said.append((session, group.now))
        }
        group.pass(.milliseconds(100))
        #expect(group.proxies[1].state == .ready, "\(body) after \(tenth) tenths")
        let arrived = Set(group.module(1).map(SessionKey.init))
        for one in said where group.now - one.at > .seconds(4) {
          #expect(arrived.contains(SessionKey(one.session)), "\(body): not even after four seconds")
        }
        said.removeAll { group.now - $0.at > .seconds(4) }
      }
      let lost = group.proxies[1].node?.peers[identities[0].node]?.stream
      #expect(lost?.isComplete == true && lost?.highest == group.proxies[0].node?.resend.last, "\(body)")
    }
  }

  @Test func isCountedAndIsAFindingThatNamesTheKey() throws {
    var group = Group()
    let identity = try #require(group.proxies[0].node?.identity)
    #expect(group.proxies[1].status(now: group.now).findings == [])
    let forged = SyncFrame(
      sender: SyncSender(node: identity.node, epoch: identity.epoch &+ 1), sequence: 0, body: .update([]))
    hear(forged, at: 1, in: &group)
    let status = group.proxies[1].status(now: group.now)
    #expect(status.counters.first { $0.name == "IMPOSTORS" }?.value == 1)
    #expect(status.findings.count == 1)
    #expect(status.findings.first?.contains("--net.key-file") == true)
    #expect(status.findings.first?.contains("from \(Self.attacker)") == true)
    group.now += SessionProxy.impostorMemory
    #expect(group.proxies[1].status(now: group.now).findings == [])
  }

  /// A proxy draws another number with each start; but nothing in the protocol says that it must.
  @Test func aStartUnderTheSameNumberIsHeardWhenTheFormerOneIsSilent() throws {
    var group = Group()
    let identity = try #require(group.proxies[0].node?.identity)
    let next = SyncSender(node: identity.node, epoch: identity.epoch &+ 1)
    let hello = SyncFrame.Hello(isReady: true, clock: .unsaid, sessions: 0, rootDigest: 0, pool6: .wellKnown)
    let last = try #require(group.proxies[1].node?.peers[identity.node]).lastHeard
    for second in 0..<8 {
      group.now += .seconds(1)
      group.proxies[1].advance(to: group.now)
      hear(SyncFrame(sender: next, sequence: 0, body: .hello(hello)), at: 1, in: &group)
      let epoch = group.proxies[1].node?.peers[identity.node]?.epoch
      #expect(epoch == (group.now - last < SyncPeer.patience ? identity.epoch : next.epoch), "after \(second + 1) s")
    }
  }

  @Test func aNewNodeDoesNotPutOffWhatOthersAreTold() {
    var group = Group()
    let range = MaskRange(mark: 0, proto: .tcp, addresses: 1...1, ports: 1...2)
    group.proxies[1].tell(pool4: [range], now: group.now)
    group.pass(.milliseconds(100))
    func told() -> Int {
      group.bodies.count { if case .settings = $0.body { $0.proxy == 1 } else { false } }
    }
    let before = told()
    for number in 0..<20 {
      let sender = SyncSender(node: 5000 + UInt64(number), epoch: 1)
      hear(SyncFrame(sender: sender, sequence: 0, body: .update([])), at: 1, in: &group)
      group.pass(.milliseconds(500))
    }
    #expect(told() > before)
  }

  private func hear(_ frame: SyncFrame, at index: Int, in group: inout Group) {
    let datagram = frame.encoded()
    _ = group.proxies[index].received(
      datagram: datagram.span.bytes, length: datagram.count, from: Self.attacker, now: group.now)
  }
}
