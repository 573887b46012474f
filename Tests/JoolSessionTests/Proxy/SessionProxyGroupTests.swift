import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Groups of connected proxies, some with C proxies among them.
@Suite struct SessionProxyGroupTests {
  @Test(arguments: [1280, 1420, 1500]) func sendsNoDatagramLargerThanThePathMTU(mtu: Int) throws {
    let keys = try FrameSealTests.ring((1, "a"))
    for ring in [nil, keys] {
      var group = Group(keys: [ring, ring], settled: false)
      for index in 0...1 { group.proxies[index].path = PathMTU(mtu: mtu) }
      group.pass(.seconds(7))
      for index in 0...1 { _ = group.audit(index, []) }
      group.announce((0..<500).map { .sample($0, expiration: 250_000) }, at: 0)
      group.pass(.seconds(2))
      #expect(group.module(1).count == 500)
      let largest = (group.frames.map(\.datagram.count) + group.legacy.map(\.count)).max() ?? 0
      #expect(largest <= mtu - 48)
      #expect(largest > mtu - 48 - 150, "the available size is used")
    }
  }

  @Test func sendsANewSessionOnceToEachKindOfPeer() throws {
    var group = Group()
    let sessions: [SessionEntry] = (0..<5).map { .sample($0) }
    group.announce(sessions, at: 0)
    group.settle()
    #expect(Set(group.module(1).map(SessionKey.init)) == Set(sessions.map(SessionKey.init)))
    #expect(group.legacy.count == 1, "one datagram for C proxies")
    let datagram = try #require(group.legacy.first)
    let decoded = try SyncDatagram(decoding: datagram.span.bytes, pool6: .wellKnown)
    #expect(decoded.sessions.count == 5)
    #expect(group.proxies[1].counters.supersededRecords == 0, "the legacy datagram is not processed as a second record")
  }

  @Test func sendsToCProxiesWhileStarting() {
    var group = Group(count: 1, settled: false)
    group.announce([.sample()], at: 0)
    group.settle()
    #expect(group.legacy.count == 1)
  }

  @Test func limitsExpirationsWhileStarting() {
    var group = Group(count: 1, settled: false)
    group.injectLegacy(RecordLayout.packed36.encode([.sample(7, expiration: .max)]), at: 0)
    group.pass(.seconds(7))
    _ = group.audit(0, [])
    #expect(group.module(0).allSatisfy { $0.expiration.rawValue <= 375_000 })
    #expect(group.module(0).count == 1)
  }

  @Test func sendsNoRefreshBeforeAQuarterOfTheTimeout() {
    var group = Group()
    group.announce([.sample(expiration: 300_000)], at: 0)
    group.settle()
    let records = group.recordsSent
    for _ in 0..<60 {
      group.pass(.seconds(1))
      group.announce([.sample(expiration: 300_000)], at: 0)
      group.settle()
    }
    #expect(group.recordsSent == records, "less than a quarter of the timeout has passed")
    group.pass(.seconds(10))
    group.announce([.sample(expiration: 300_000)], at: 0)
    group.settle()
    #expect(group.recordsSent == records + 1)
  }

  @Test func defersRefreshesWhileTheNetworkIsCongested() {
    var group = Group()
    let session = SessionEntry.sample(0, expiration: 300_000)
    group.announce([session], at: 0)
    group.settle()
    group.pass(.seconds(80))
    let records = group.recordsSent
    group.announce([session, .sample(1, expiration: 300_000)], at: 0)
    group.take(from: 0, isCongested: true)
    #expect(group.recordsSent == records + 1, "the new session")
    group.settle()
    #expect(group.recordsSent == records + 2, "the refresh follows")
  }

  @Test func sendsAChangedStateAtOnce() {
    var group = Group()
    group.announce([.sample(proto: .tcp, state: .established)], at: 0)
    group.settle()
    group.announce([.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)], at: 0)
    group.settle()
    #expect(group.module(1).last?.state == .trans)
    #expect(group.module(1).last.map { $0.expiration.rawValue > 240_000 } == true)
  }

  @Test(arguments: RecordLayout.allCases) func usesTheRecordLayoutOfItsCProxies(format: RecordLayout) throws {
    var group = Group()
    group.injectLegacy(format.encode([.sample(7)]), at: 0)
    group.settle()
    #expect(group.module(0).count == 1)
    group.announce([.sample(0)], at: 0)
    group.settle()
    let datagram = try #require(group.legacy.last)
    let decoded = try SyncDatagram(decoding: datagram.span.bytes, pool6: .wellKnown)
    #expect(decoded.format.recordLength == format.recordLength)
  }

  @Test func addsARepeatedCProxySessionOnce() {
    var group = Group()
    for _ in 0..<60 {
      group.injectLegacy(RecordLayout.packed36.encode([.sample(7, expiration: 300_000)]), at: 0)
      group.settle()
      group.pass(.seconds(1))
    }
    #expect(group.module(0).count == 1)
  }

  @Test func doesNotSendAStartingStandbysTableToCProxies() {
    var group = Group(count: 1, settled: false)
    group.pass(.seconds(3))
    let reason = group.audit(0, [.sample(0), .sample(1)])
    #expect(reason == .start)
    #expect(group.legacy.isEmpty)
    group.announce([.sample(0)], at: 0)
    group.settle()
    #expect(group.legacy.count == 1, "a packet of the session is sent")
  }

  @Test func sendsTheSessionsFoundAfterAnOverrun() {
    var group = Group()
    group.proxies[0].overran()
    #expect(group.proxies[0].nodeStatus.state == .mending)
    let reason = group.audit(0, [.sample(0), .sample(1)])
    #expect(reason == .repair)
    #expect(group.module(1).count == 2)
    #expect(group.legacy.count == 1)
    #expect(group.proxies[0].nodeStatus.state == .ready)
  }

  /// Otherwise nothing would compare what the module announces between the audit and the table.
  @Test func readsTheModuleOnlyWhenItHasATable() {
    var group = Group()
    group.restart(0, seed: 50)
    group.pass(.milliseconds(100))
    group.unreachable = [1]
    group.pass(.milliseconds(500))
    #expect(group.proxies[0].node?.pulls.isPulling == true, "in vain")
    group.proxies[0].overran()
    #expect(group.readModule(0, []) == nil)
    group.unreachable = []
    group.pass(.seconds(3))
    let reason = group.audit(0, [.sample(0)])
    #expect(reason == .repair)
    #expect(group.module(1).count == 1)
  }

  @Test func prefersAnAnnouncementToAnEarlierReading() {
    var group = Group()
    group.proxies[0].overran()
    let reason = group.readModule(0, [.sample(proto: .tcp, state: .established)])
    #expect(reason == .repair)
    group.announce([.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)], at: 0)
    group.finishAudit(0)
    group.settle()
    #expect(group.module(1).map(\.state) == [.trans])
  }

  @Test func staysReadyDuringAPrecautionaryAudit() {
    var group = Group()
    group.proxies[0].requestAudit(.precaution)
    #expect(group.proxies[0].nodeStatus.state == .ready)
    let reason = group.audit(0, [.sample(0)])
    #expect(reason == .precaution)
    #expect(group.module(1).count == 1)
  }

  /// The module stores the time of the last packet, not the expiration.
  ///
  /// When a timeout changes, the sessions that the proxy added expire at other times, so they are added again.
  @Test func refillsTheModuleAfterItsTimeoutsChange() {
    var group = Group()
    group.announce((0..<10).map { .sample($0, expiration: 300_000) }, at: 0)
    group.settle()
    group.modules[1] = []
    var kernel = Group.kernel
    kernel.limits.udp = Milliseconds(120_000)
    group.proxies[1].attached(kernel, now: group.now)
    let reason = group.audit(1, [])
    #expect(reason == .repair)
    #expect(group.module(1).count == 10)
    group.proxies[1].attached(kernel, now: group.now)
    #expect(group.proxies[1].audits.requested == nil, "no second refill")
  }

  @Test func fillsANewModuleWithTheWholeTable() {
    var group = Group()
    group.announce((0..<10).map { .sample($0, expiration: 300_000) }, at: 0)
    group.settle()
    group.proxies[1].detached(now: group.now)
    #expect(group.proxies[1].nodeStatus.state == .absent)
    group.modules[1] = []
    group.announce([.sample(10)], at: 0)
    group.settle()
    group.proxies[1].attached(Group.kernel, now: group.now)
    let reason = group.readModule(1, [])
    #expect(reason == .repair)
    group.finishAudit(1)
    group.proxies[1].updateReadiness(now: group.now)
    #expect(group.proxies[1].nodeStatus.state == .mending, "the module is still empty")
    group.settle()
    #expect(group.proxies[1].nodeStatus.state == .ready)
    #expect(Set(group.module(1).map(\.source6)).count == 11)
  }

  @Test func evictsTheFormerOwnerOfAMask() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.settle()
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    group.announce([rival], at: 0)
    group.settle()
    #expect(group.evictions.map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.module(1).last?.source6 == rival.source6)
  }

  @Test func dropsALegacyDatagramWithTheHeaderOfAFrame() {
    var group = Group(count: 1)
    let datagram = [0, 0, SyncFrame.version] + RecordLayout.packed36.encode([.sample()])
    let action = group.proxies[0].received(
      datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 1), now: group.now)
    guard case .drop = action else {
      Issue.record("\(action)")
      return
    }
    #expect(group.proxies[0].counters.malformedDatagrams == 1)
  }

  @Test func ignoresTheOtherFormat() {
    var group = Group(formats: [.legacy, .ss2])
    group.announce([.sample()], at: 0)
    group.announce([.sample(1)], at: 1)
    group.settle()
    #expect(group.module(0).isEmpty)
    #expect(group.module(1).isEmpty)
    #expect(group.frames.allSatisfy { $0.proxy == 1 })
    #expect(group.legacy.count == 1)
  }

  @Test func reportsItsStateAndItsPeers() throws {
    var group = Group(settled: false)
    #expect(group.proxies[0].nodeStatus == NodeStatus(.starting, isReady: false))
    group.pass(.seconds(7))
    let reasons = [group.audit(0, []), group.audit(1, [])]
    #expect(reasons == [.start, .start])
    #expect(group.proxies.map(\.nodeStatus.name) == ["ready", "ready"])
    let status = group.proxies[0].status(now: group.now)
    #expect(status.peers.map(\.state) == [.ready])
    #expect(status.peers.first?.address == Group.address(of: 1))
    #expect(ProxyStatus(text: status.text) == status)
    #expect(ProxyStatus(text: "state ready\npeer 1") == nil)
    #expect(ProxyStatus(text: "") == nil)
  }
}
