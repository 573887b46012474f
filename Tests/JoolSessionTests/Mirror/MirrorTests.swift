import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Groups with a mirror among the nodes, or with nothing else.
@Suite struct MirrorTests {
  private static let mirror = 2
  private static let sessions: [SessionEntry] = (0..<300).map { .sample($0, expiration: 290_000) }

  /// Two nodes and a mirror, all ready, with the sessions.
  private static func group(keys: KeyRing? = nil) throws -> Group {
    var group = Group(keys: [keys, keys])
    try group.startMirror(mirror, seed: 77, keys: keys)
    group.announce(sessions, at: 0)
    group.pass(.seconds(4))
    return group
  }

  private static func snapshot(of group: inout Group) throws -> [UInt8] {
    let moment = SnapshotMoment(timeOfDay: 5, sinceStart: 5, start: 0)
    let begun = group.proxies[mirror].encodeSnapshot(number: 1, at: moment, now: group.now)
    var encoder = try #require(begun)
    var bytes: [UInt8] = []
    while let block = encoder.next() { bytes += block }
    return bytes
  }

  private static func digests(_ group: Group) -> Set<UInt64?> { Set(group.proxies.map { $0.table?.rootDigest }) }

  @Test func joinsByWhatItHearsAndHasTheTable() throws {
    let group = try Self.group()
    let status = group.proxies[Self.mirror].status(now: group.now)
    #expect(status.nodeStatus == NodeStatus(.ready, isReady: true))
    #expect(status.sessions == 300)
    #expect(status.findings.isEmpty)
    #expect(Self.digests(group).count == 1)
    #expect(group.proxies[Self.mirror].kernel?.limits == Group.kernel.limits)
    #expect(group.requests[Self.mirror].isEmpty, "it has no module")
  }

  @Test func joinsASealedGroup() throws {
    let group = try Self.group(keys: FrameSealTests.ring((1, "a")))
    #expect(group.proxies[Self.mirror].status(now: group.now).sessions == 300)
  }

  @Test func neverHasTheRightToTheAddresses() throws {
    var group = try Self.group()
    #expect(group.proxies.map { $0.node?.right.may } == [true, true, false])
    // Both nodes fall back at once, and only the mirror is ready: one of them keeps the right.
    for index in 0...1 { group.proxies[index].requestAudit(.repair) }
    group.pass(.seconds(1))
    #expect(group.proxies.contains { $0.node?.right.may == true })
    #expect(group.proxies[Self.mirror].node?.right.may == false)
  }

  @Test func isNoPeerThatCouldTakeOver() throws {
    let group = try Self.group()
    let peers = group.proxies[0].status(now: group.now).peers
    #expect(peers.count { $0.isReady } == 1)
    #expect(peers.count { $0.state == .ready } == 2)
  }

  @Test func givesNodesThatHaveAllRestartedTheirTable() throws {
    var group = try Self.group()
    for index in 0...1 { group.restart(index, seed: UInt64(50 + index)) }
    group.pass(.seconds(3))
    for index in 0...1 { _ = group.audit(index, []) }
    group.pass(.seconds(4))
    for index in 0...1 {
      #expect(Set(group.module(index).map(SessionKey.init)) == Set(Self.sessions.map(SessionKey.init)))
      #expect(group.proxies[index].nodeStatus.state == .ready)
    }
  }

  @Test func restoresItsTableWithoutDisturbingTheNodes() throws {
    var group = try Self.group()
    let snapshot = try Self.snapshot(of: &group)
    try group.startMirror(Self.mirror, seed: 88, snapshot: snapshot)
    let (records, before) = (group.recordsSent, group.bodies.count)
    for _ in 0..<40 {
      group.pass(.milliseconds(100))
      #expect(group.proxies[0].nodeStatus.state == .ready)
    }
    #expect(group.proxies[Self.mirror].nodeStatus.state == .ready)
    #expect(Self.digests(group).count == 1)
    #expect(group.recordsSent == records)
    let isWithoutTransfer = group.bodies[before...].allSatisfy {
      if case .bulk(let bulk) = $0.body { bulk.records.isEmpty } else { true }
    }
    #expect(isWithoutTransfer)
  }

  /// After a power failure everything starts at once, and only the snapshot has the sessions.
  @Test(arguments: 0..<8) func isTheFirstOfNodesThatStartTogether(seed: UInt64) throws {
    var group = try Self.group()
    let snapshot = try Self.snapshot(of: &group)
    for index in 0...1 { group.restart(index, seed: 100 + seed * 2 + UInt64(index)) }
    try group.startMirror(Self.mirror, seed: 300 + seed, snapshot: snapshot, elapsed: 1000)
    group.pass(.seconds(3))
    for index in 0...1 { _ = group.audit(index, []) }
    group.pass(.seconds(4))
    for index in 0...1 { #expect(group.module(index).count == 300) }
    #expect(Self.digests(group).count == 1)
  }

  /// The node waits for the mirror that was there when it started.
  ///
  /// The mirror that comes back with its snapshot waits until the node does not mention that one any more.
  @Test(arguments: 0..<16) func isTheFirstThoughItsFormerIncarnationWasReceived(number: Int) throws {
    var group = try Self.group()
    let snapshot = try Self.snapshot(of: &group)
    group.unreachable = [1]
    group.restart(0, seed: 100 + UInt64(number))
    group.proxies[1] = SessionProxy(instance: .default, seed: 1)
    group.pass(.milliseconds(100))
    // The former mirror sends hellos, but receives no request for its table any more.
    group.unreachable = [1, Self.mirror]
    group.pass(.milliseconds(60 * number))
    group.unreachable = [1]
    try group.startMirror(Self.mirror, seed: 300 + UInt64(number), snapshot: snapshot, elapsed: 100)
    for _ in 0..<400 {
      group.pass(.milliseconds(20))
      _ = group.audit(0, group.module(0))
      let status = group.proxies[0].status(now: group.now)
      #expect(status.nodeStatus.state != .ready || status.sessions == 300)
    }
    #expect(group.proxies[0].nodeStatus.state == .ready)
    #expect(group.module(0).count == 300)
  }

  @Test func restoresOnlyWhatHasNotExpired() throws {
    var group = try Self.group()
    let snapshot = try Self.snapshot(of: &group)
    // 290 s; they had seen no packet for 10 s, so there is no slack. 4 s have passed since.
    for (elapsed, count) in [(UInt64(280_000), 300), (290_000, 0), (.max, 0)] {
      try group.startMirror(Self.mirror, seed: 88, snapshot: snapshot, elapsed: elapsed)
      let table = try #require(group.proxies[Self.mirror].table)
      #expect(table.count == count)
      table.forEach(now: group.now) { #expect($0.entry.expiration.rawValue <= 10_000) }
    }
  }

  @Test func expiresWhatTheModulesExpire() throws {
    var group = try Self.group()
    group.announce((500..<520).map { .sample($0, proto: .icmp, expiration: 3000) }, at: 0)
    group.pass(.seconds(1))
    #expect(group.proxies[Self.mirror].table?.count == 320)
    group.pass(.seconds(3))
    #expect(group.proxies[Self.mirror].table?.count == 300)
  }

  @Test func isNotTheFirstWithoutATableWhileANodeStarts() throws {
    var group = Group(count: 1, settled: false)
    try group.startMirror(1, seed: 77)
    group.pass(.seconds(3))
    #expect(group.proxies[0].node?.isFirst == true)
    #expect(group.proxies[1].nodeStatus.state == .starting, "the node reads its module's table")
    _ = group.audit(0, [.sample(1, expiration: 200_000)])
    group.pass(.seconds(3))
    #expect(group.proxies[1].status(now: group.now).sessions == 1)
  }

  @Test func followsAGroupToAnotherPool6() throws {
    var group = try Self.group()
    let other = try #require(IPv6Prefix("64:ff9b:1::/96"))
    var kernel = Group.kernel
    kernel.pool6 = other
    for index in 0...1 { group.proxies[index].attached(kernel, now: group.now) }
    group.pass(.seconds(8))
    #expect(group.proxies[Self.mirror].kernel?.pool6 == .wellKnown, "a short while proves nothing")
    group.pass(.seconds(8))
    #expect(group.proxies[Self.mirror].kernel?.pool6 == other)
  }

  @Test func keepsThePool6ThatTheAdministratorHasStated() throws {
    let stated = try #require(IPv6Prefix("64:ff9b:1::/96"))
    var group = Group()
    try group.startMirror(Self.mirror, seed: 77, MirrorSettings(pool6: stated))
    group.pass(.seconds(20))
    #expect(group.proxies[Self.mirror].kernel?.pool6 == stated)
  }

  @Test func takesTheLongestTimeoutsOfItsPeers() throws {
    var group = try Self.group()
    var kernel = Group.kernel
    kernel.limits.udp = Milliseconds(900_000)
    group.proxies[1].attached(kernel, now: group.now)
    group.pass(.seconds(3))
    #expect(group.proxies[Self.mirror].kernel?.limits.udp == Milliseconds(900_000))
  }

  // MARK: C proxies

  @Test func keepsWhatCProxiesSendAndGivesItBack() throws {
    var group = Group(count: 0, settled: false)
    try group.startMirror(0, seed: 5, MirrorSettings(pool6: .wellKnown))
    group.pass(.seconds(3))
    group.injectLegacy(RecordLayout.packed36.encode(Array(Self.sessions[..<30])), at: 0)
    group.pass(.seconds(1))
    #expect(group.proxies[0].status(now: group.now).sessions == 30)
    let before = group.legacy.count
    group.proxies[0].requestAudit(.advertisement)
    group.pass(.seconds(1))
    #expect(group.proxies[0].takeAdvertisement() == .sent(30))
    let sent = try group.legacy[before...].flatMap {
      try SyncDatagram(decoding: $0.span.bytes, pool6: .wellKnown).sessions
    }
    #expect(Set(sent.map(SessionKey.init)) == Set(Self.sessions[..<30].map(SessionKey.init)))
  }

  @Test func tellsThatCProxiesDoNotSendPool6() throws {
    var group = Group(count: 0, settled: false)
    try group.startMirror(0, seed: 5)
    #expect(group.proxies[0].status(now: group.now).findings.first?.hasPrefix("The mirror does not know") == true)
    group.injectLegacy(RecordLayout.packed36.encode([.sample()]), at: 0)
    let status = group.proxies[0].status(now: group.now)
    #expect(status.nodeStatus.state == .starting)
    #expect(status.findings.first?.hasPrefix("C proxies are received") == true)
  }
}
