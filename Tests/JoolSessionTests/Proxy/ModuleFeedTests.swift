import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The module ends up with the sessions of the table, however these reached the table.
@Suite struct ModuleFeedTests {
  /// A session of another client with the mask of `sample(0)`.
  private var rival: SessionEntry {
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    return rival
  }

  /// The session `sample(0)` with another mask.
  private var moved: SessionEntry {
    var moved = SessionEntry.sample(0, expiration: 290_000)
    moved.source4 = SessionEntry.sample(500).source4
    return moved
  }

  /// Another session of the client of `session`.
  private func sibling(of session: SessionEntry, _ number: UInt16) -> SessionEntry {
    var sibling = session
    sibling.destination4 = TransportAddress(session.destination4.address, 1000 + number)
    sibling.destination6 = TransportAddress(session.destination6.address, 1000 + number)
    return sibling
  }

  /// The requests to the second proxy's module since `begin`, in order.
  private func requests(_ group: inout Group, from begin: Int) -> [StoreRequest] {
    group.pass(.seconds(1))
    return Array(group.requests[1][begin...])
  }

  enum Way: CaseIterable { case merge, reconcile, refill }

  @Test(arguments: Way.allCases) func replacesASessionUnderAnotherMask(way: Way) {
    var group = Group()
    group.announce([.sample(0), sibling(of: .sample(0), 1)], at: 0)
    group.pass(.seconds(2))
    let begin = group.requests[1].count
    let held = [SessionEntry.sample(0, expiration: 20_000), sibling(of: .sample(0, expiration: 20_000), 1)]
    switch way {
    case .merge: group.announce([moved, sibling(of: moved, 1)], at: 0)
    case .reconcile:
      // The first eviction fails, so the audit must repeat it.
      group.evictionOutcome = .failed
      group.announce([moved, sibling(of: moved, 1)], at: 0)
      group.settle()
      group.evictionOutcome = .done
      let reason = group.audit(1, held)
      #expect(reason == .repair)
    case .refill:
      group.proxies[1].detached(now: group.now)
      group.announce([moved, sibling(of: moved, 1)], at: 0)
      group.settle()
      group.proxies[1].attached(Group.kernel, now: group.now)
      let reason = group.audit(1, held)
      #expect(reason == .repair)
    }
    let asked = requests(&group, from: begin)
    #expect(asked.contains(.evict(SessionEntry.sample(0).bibEntry)))
    #expect(!asked.contains(.evict(moved.bibEntry)))
    guard case .add(let given) = asked.last else {
      Issue.record("\(asked)")
      return
    }
    #expect(Set(given.map(\.source4)) == [moved.source4])
    #expect(Set(given.map(\.destination4.port)) == [443, 1001], "all sessions of the mask")
  }

  @Test func confirmsAnEvictionTogetherWithItsReplacement() throws {
    var group = Group()
    // The module holds a session that the table lacks, under a mask that now belongs to another client.
    let winners = (1...3).map { sibling(of: rival, $0) }
    group.announce(winners, at: 0)
    group.pass(.seconds(2))
    group.proxies[1].overran()
    let reason = group.readModule(1, winners + [.sample(0, expiration: 20_000)])
    #expect(reason == .repair)
    group.finishAudit(1)
    let fed = try #require(group.proxies[1].node?.feed.progress.fed)
    let next = group.proxies[1].nextStoreRequest(now: group.now)
    let first = try #require(next)
    #expect(first == .evict(SessionEntry.sample(0).bibEntry))
    group.proxies[1].finished(first, .done, now: group.now)
    #expect(group.proxies[1].node?.feed.progress.confirmed.reaches(fed) == false, "the replacement is still missing")
    let last = group.proxies[1].nextStoreRequest(now: group.now)
    let second = try #require(last)
    guard case .add(let given) = second else {
      Issue.record("\(second)")
      return
    }
    #expect(Set(given.map(\.destination4.port)) == [1001, 1002, 1003])
    group.proxies[1].finished(second, .done, now: group.now)
    let nothing = group.proxies[1].nextStoreRequest(now: group.now)
    #expect(nothing == nil, "the module lacks nothing else")
    #expect(group.proxies[1].node?.feed.progress.confirmed.reaches(fed) == true)
  }

  @Test(arguments: [5000, 10_000, 20_000, 50_000]) func catchesUpUnderASteadyStream(perSecond: Int) {
    var group = Group()
    group.announce((0..<5000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(1))
    group.modules[1] = []
    group.addsPerTurn = 1
    group.proxies[1].requestRefill()
    let reason = group.audit(1, [])
    #expect(reason == .repair)
    let begin = group.now
    var number = 5000
    while group.proxies[1].nodeStatus.state != .ready, group.now - begin < .seconds(3) {
      group.announce((number..<number + perSecond / 100).map { .sample($0, expiration: 290_000) }, at: 0)
      number += perSecond / 100
      group.pass(.milliseconds(10))
    }
    #expect(group.proxies[1].nodeStatus.state == .ready, "\(group.now - begin)")
    #expect(group.now - begin < .seconds(3))
  }

  @Test func reportsMendingWhileTheModuleIsBehind() {
    var group = Group()
    group.announce((0..<500).map { .sample($0, expiration: 290_000) }, at: 0)
    group.addsPerTurn = 0
    group.pass(.seconds(3))
    #expect(group.proxies[1].nodeStatus.state == .ready, "the node stays ready at first")
    group.pass(.seconds(3))
    #expect(group.proxies[1].nodeStatus.state == .mending)
    group.addsPerTurn = 1
    group.pass(.seconds(1))
    #expect(group.proxies[1].nodeStatus.state == .ready)
  }

  @Test func repeatsARefusedEviction() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.pass(.seconds(2))
    group.evictionOutcome = .refused
    group.announce([rival], at: 0)
    group.pass(.seconds(7))
    #expect(group.evictionAttempts > 3)
    #expect(!group.module(1).contains { $0.source6 == rival.source6 }, "the new owner is not added before the eviction")
    #expect(group.proxies[1].nodeStatus.state == .mending)
    group.evictionOutcome = .done
    group.pass(.seconds(2))
    #expect(group.evictions == [SessionEntry.sample(0).bibEntry])
    #expect(group.module(1).last?.source6 == rival.source6)
    #expect(group.proxies[1].nodeStatus.state == .ready)
  }

  @Test func repeatsAnEvictionThatADetachInterrupted() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.pass(.seconds(2))
    group.evictionOutcome = .failed
    group.announce([rival], at: 0)
    group.settle()
    #expect(group.proxies[1].node?.feed.progress.needsRefill == true)
    group.proxies[1].detached(now: group.now)
    group.evictionOutcome = .done
    group.proxies[1].attached(Group.kernel, now: group.now)
    let reason = group.audit(1, [.sample(0, expiration: 50_000)])
    #expect(reason == .repair)
    #expect(group.evictions == [SessionEntry.sample(0).bibEntry])
    #expect(group.module(1).last?.source6 == rival.source6)
  }

  @Test func evictsNoStaticEntries() {
    var group = Group()
    var entry = SessionEntry.sample(0).bibEntry
    entry.isStatic = true
    var statics = StaticEntries()
    statics.note([entry, SessionEntry.sample(7).bibEntry])
    group.proxies[1].node?.feed.use(statics)
    group.announce([.sample(0)], at: 0)
    group.settle()
    #expect(group.module(1).count == 1, "a session of the static entry's own client")
    #expect(group.proxies[1].staticFinding == nil)
    group.announce([rival], at: 0)
    group.pass(.seconds(6))
    #expect(group.evictions.isEmpty)
    #expect(!group.module(1).contains { $0.source6 == rival.source6 })
    #expect(group.proxies[1].node?.table.session(like: rival, now: group.now) != nil, "the table keeps the session")
    #expect(group.proxies[1].status(now: group.now).findings.contains { $0.hasPrefix("A static BIB entry") })
    #expect(group.proxies[1].nodeStatus.state == .ready)
  }

  /// An administrator adds the static entry after the module's table was read.
  @Test func doesNotEvictAnEntryThatHasBecomeStatic() {
    var group = Group()
    group.announce([.sample(0)], at: 0)
    group.pass(.seconds(2))
    group.evictionOutcome = .isStatic
    group.announce([rival], at: 0)
    group.pass(.seconds(3))
    #expect(group.evictionAttempts == 1)
    #expect(!group.module(1).contains { $0.source6 == rival.source6 }, "the module would ignore it")
    #expect(group.proxies[1].status(now: group.now).findings.contains { $0.hasPrefix("A static BIB entry") })
    #expect(group.proxies[1].nodeStatus.state == .ready)
    // The entry is now known to be static, so the node does not try to evict it again.
    group.evictionOutcome = .done
    group.announce([sibling(of: rival, 1)], at: 0)
    group.announce([.sample(0)], at: 0)
    group.announce([rival], at: 0)
    group.pass(.seconds(3))
    #expect(!group.module(1).contains { $0.source6 == rival.source6 })
    #expect(group.requests[1].filter { $0 == .evict(SessionEntry.sample(0).bibEntry) }.count == 1)
  }

  @Test func keepsStaticEntriesUpToTheCapacity() {
    var statics = StaticEntries()
    statics.note(
      (0..<StaticEntries.capacity + 5).lazy.map {
        var entry = SessionEntry.sample($0).bibEntry
        entry.isStatic = true
        return entry
      })
    #expect(statics.count == StaticEntries.capacity)
  }

  /// When an established session expires, the module of a standby probes both ends and announces nothing.
  ///
  /// The session's new state is not the effect of a packet.
  @Test func doesNotTakeAProbeForAPacket() {
    var group = Group()
    group.announce([.sample(proto: .tcp, expiration: 200_000)], at: 0)
    group.pass(.seconds(2))
    group.proxies[1].overran()
    let reason = group.audit(
      1, [.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 239_000)])
    #expect(reason == .repair)
    let known = group.proxies[0].node?.table.session(like: .sample(proto: .tcp), now: group.now)
    #expect(known?.entry.state == .established)
    #expect(group.module(1).last?.state == .established)
  }

  @Test func startsNoAuditBeforeTheLastRefillIsDone() {
    var group = Group()
    group.announce((0..<3000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(2))
    group.modules[1] = []
    group.proxies[1].requestRefill()
    group.addsPerTurn = 0
    let first = group.audit(1, [])
    #expect(first == .repair)
    group.proxies[1].requestAudit(.precaution)
    group.settle()
    let second = group.readModule(1, [])
    #expect(second == nil)
    group.addsPerTurn = 1
    group.settle()
    let third = group.readModule(1, [])
    #expect(third == .precaution)
    #expect(group.module(1).count == 3000)
  }
}
