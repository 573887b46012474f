import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Recovery from failures at inconvenient moments, without repeated work.
@Suite struct SessionProxyHealingTests {
  @Test func sendsTheTableOnceOverTwoLinks() {
    var group = Group()
    group.copies = 2
    func transferred() -> Int {
      group.bodies.count {
        if case .bulk = $0.body { true } else { false }
      }
    }
    group.announce((0..<20_000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(2))
    group.restart(1, seed: 50)
    let before = transferred()
    group.pass(.seconds(5))
    #expect(group.proxies[1].node?.table.count == 20_000)
    let records = group.proxies[0].path.bulkRecords
    #expect(transferred() - before == (20_000 + records - 1) / records)
    #expect(group.proxies[0].node?.pulls.sender.waiting.isEmpty == true)
  }

  @Test func acceptsANewMaskOwnerFromACProxy() {
    var group = Group(count: 1)
    _ = group.audit(0, [])
    group.injectLegacy(RecordLayout.packed36.encode([.sample(5)]), at: 0)
    group.settle()
    for number in [9, 2] {
      var rival = SessionEntry.sample(number)
      rival.source4 = SessionEntry.sample(5).source4
      group.injectLegacy(RecordLayout.packed36.encode([rival]), at: 0)
      group.settle()
      #expect(group.module(0).last?.source6 == rival.source6)
      #expect(group.proxies[0].node?.table.count == 1)
    }
    #expect(group.evictions.map(\.source6) == [SessionEntry.sample(5).source6, SessionEntry.sample(9).source6])
  }

  /// A session that the module did not announce had blocked another one, and has expired since.
  @Test func eachAuditAddsTheSessionsThatTheModuleLacks() {
    var group = Group()
    group.announce([.sample(0), .sample(1)], at: 0)
    group.pass(.seconds(1))
    group.modules[1] = []
    group.proxies[1].requestAudit(.precaution)
    #expect(group.audit(1, [.sample(0)]) == .precaution)
    #expect(group.module(1).map(\.source6) == [SessionEntry.sample(1).source6])
    #expect(group.proxies[1].nodeStatus.state == .ready)
  }

  @Test func sendsADeferredRefreshWithTheTimeLeft() {
    var group = Group()
    let session = SessionEntry.sample(0, expiration: 300_000)
    group.announce([session], at: 0)
    group.pass(.seconds(80))
    group.announce([session, .sample(1, expiration: 10_000)], at: 0)
    group.take(from: 0, isCongested: true)
    let end = group.now + .seconds(90)
    while group.now < end {
      group.now += .seconds(1)
      for index in group.proxies.indices { group.proxies[index].advance(to: group.now) }
      group.take(from: 0, isCongested: true)
    }
    group.settle()
    let left = group.module(1).last { $0.source6 == session.source6 }?.expiration.rawValue ?? 0
    #expect((284_000...286_000).contains(left), "375 s less 90: \(left)")
  }

  @Test func doesNotAddAReplacedSessionToTheModule() {
    var group = Group()
    group.announce([.sample(0), .sample(3)], at: 0)
    group.take(from: 0, isCongested: false)
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    group.announce([rival], at: 0)
    group.settle()
    #expect(Set(group.module(1).map(\.source6)) == [rival.source6, SessionEntry.sample(3).source6])
  }

  @Test func dropsQueuedEvictionsWithTheModule() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.settle()
    group.proxies[1].detached(now: group.now)
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    group.announce([rival], at: 0)
    group.settle()
    group.proxies[1].attached(Group.kernel, now: group.now)
    let next = group.proxies[1].nextFeedRequest(now: group.now)
    #expect(next == nil, "the next audit finds the conflicting entries")
  }

  @Test func advertisesAtOnceThatTheModuleIsAbsent() {
    var group = Group()
    group.proxies[0].detached(now: group.now)
    #expect(group.proxies[0].nextDeadline.map { $0 <= group.now } == true)
    group.proxies[0].advance(to: group.now)
    #expect(group.proxies[0].node?.right.may == false)
    #expect(group.proxies[0].node?.transmitter.hellos.last == group.now)
  }

  @Test func refillsAModuleThatChangedDuringTheLastAudit() {
    var group = Group()
    group.announce((0..<10).map { .sample($0) }, at: 0)
    group.settle()
    group.proxies[1].requestRefill()
    let first = group.readModule(1, (0..<10).map { .sample($0) })
    #expect(first == .repair)
    group.proxies[1].requestRefill()
    group.finishAudit(1)
    group.settle()
    group.modules[1] = []
    let second = group.audit(1, [])
    #expect(second == .repair)
    #expect(group.module(1).count == 10)
  }

  @Test func keepsRequestingLostUpdatesWhileItsRequestsAreLost() {
    var group = Group()
    for number in 0..<2000 {
      group.announce([.sample(number)], at: 0)
      _ = group.proxies[0].takeDatagrams(now: group.now)
    }
    // Only datagrams from node 0 to node 1 arrive.
    func passOneWay(_ seconds: Int) {
      for _ in 0..<seconds * 100 {
        group.now += .milliseconds(10)
        group.proxies[0].advance(to: group.now)
        for datagram in group.proxies[0].takeDatagrams(now: group.now) {
          _ = group.proxies[1].received(
            datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 0), now: group.now)
        }
        group.proxies[1].advance(to: group.now)
        _ = group.proxies[1].takeDatagrams(now: group.now)
      }
    }
    passOneWay(30)
    #expect(group.proxies[1].nodeStatus.state == .mending)
    group.pass(.seconds(8))
    #expect(group.proxies[1].nodeStatus.state == .ready)
    #expect(group.module(1).count == 2000)
  }

  /// The joiner's credits are lost for a while in the middle of the table.
  @Test func resumesAnInterruptedTransfer() {
    var group = Group()
    // So many updates are lost that NAKs cannot request them all.
    group.unreachable = [1]
    group.announce((0..<40_000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.settle()
    group.unreachable = []
    var turns = 0
    while group.proxies[1].node?.table.isEmpty == true, turns < 500 {
      group.pass(.milliseconds(10))
      turns += 1
    }
    let begun = group.proxies[1].node?.table.count ?? 0
    #expect((1..<39_000).contains(begun), "in the middle: \(begun)")
    // The source's hellos arrive, but the joiner's credits do not.
    for _ in 0..<400 {
      group.now += .milliseconds(10)
      for index in 0...1 { group.proxies[index].advance(to: group.now) }
      for datagram in group.proxies[0].takeDatagrams(now: group.now) {
        _ = group.proxies[1].received(
          datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 0), now: group.now)
      }
      _ = group.proxies[1].takeDatagrams(now: group.now)
    }
    #expect(group.proxies[1].nodeStatus.state == .mending)
    group.pass(.seconds(8))
    #expect(group.proxies[1].nodeStatus.state == .ready)
  }

  @Test func refillsALargeTableInSteps() {
    var group = Group(count: 1)
    _ = group.audit(0, [])
    group.announce((0..<40_000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(1))
    group.proxies[0].requestRefill()
    let reason = group.readModule(0, [])
    #expect(reason == .repair)
    group.finishAudit(0)
    group.addsPerTurn = 1
    group.pass(.milliseconds(50))
    #expect((1...5000).contains(group.module(0).count))
    group.proxies[0].requestAudit(.advertisement)
    let next = group.readModule(0, [])
    #expect(next == nil, "no audit starts before the refill is done")
    group.pass(.seconds(2))
    #expect(group.module(0).count == 40_000)
  }
}
