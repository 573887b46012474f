import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Sessions from C proxies: one node gives them a version, and all nodes receive them.
@Suite struct PendingLegacySessionsTests {
  @Test func sendsACProxysSessionToNodesThatMissedIt() {
    var group = NodeGroup(count: 3)
    let session = SessionEntry.sample(0, expiration: 300_000)
    for index in [0, 1] { group.nodes[index].receiveLegacy(session, now: group.now) }
    #expect(group.record(session, at: 0)?.version == .unassigned)
    group.pass(.milliseconds(300))
    #expect(group.isEqual)
    #expect(group.record(session, at: 2).map { $0.version > .unassigned } == true)
    #expect(group.modules[2].map(\.source6) == [session.source6])
    #expect(group.records.map(\.count) == [1, 0, 0], "one node sends it")
    #expect(group.announcements.allSatisfy { $0.isEmpty }, "C proxies have received it")
  }

  @Test func theNextRankSendsASessionThatTheFirstMissed() {
    var group = NodeGroup(count: 3)
    let session = SessionEntry.sample(0, expiration: 300_000)
    for index in [1, 2] { group.nodes[index].receiveLegacy(session, now: group.now) }
    group.pass(.milliseconds(300))
    #expect(group.isEqual)
    #expect(group.records.map(\.count) == [0, 1, 0])
    #expect(group.modules[0].map(\.source6) == [session.source6])
  }

  /// A lost update is retransmitted like any other.
  @Test func retransmitsALostSession() {
    var group = NodeGroup(count: 2)
    group.unreachable = [1]
    group.nodes[0].receiveLegacy(.sample(0, expiration: 300_000), now: group.now)
    group.pass(.milliseconds(30))
    #expect(group.records[0].count == 1)
    group.unreachable = []
    group.pass(.seconds(2))
    #expect(group.isEqual)
    #expect(group.nodes[1].table.count == 1)
  }

  /// A C proxy sends every packet; because of the slack, the group needs few of them.
  @Test func sendsARefreshOncePerQuarterOfTheTimeout() {
    var group = NodeGroup(count: 2)
    for _ in 0..<600 {
      for index in 0...1 { group.nodes[index].receiveLegacy(.sample(0, expiration: 300_000), now: group.now) }
      group.pass(.seconds(1))
    }
    #expect(group.records.map(\.count) == [8, 0])
    #expect(group.modules[0].count == 8)
  }

  @Test func prefersARecordToACProxysSession() {
    var group = NodeGroup(count: 2)
    var session = SessionEntry.sample(0, proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    group.nodes[1].receiveLegacy(session, now: group.now)
    session.state = .established
    session.timer = .established
    group.nodes[0].learn(session, now: group.now)
    group.drain(0)
    #expect(group.record(session, at: 1)?.session.state == .established)
  }

  @Test func aCProxysSessionReplacesTheOwnerOfItsMask() {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(.sample(0, expiration: 300_000), now: group.now)
    group.pass(.milliseconds(100))
    var rival = SessionEntry.sample(1, expiration: 300_000)
    rival.source4 = SessionEntry.sample(0).source4
    group.nodes[1].receiveLegacy(rival, now: group.now)
    group.pass(.milliseconds(300))
    #expect(group.isEqual)
    #expect(group.nodes.allSatisfy { $0.table.count == 1 })
    #expect(group.record(rival, at: 0)?.session.source6 == rival.source6)
  }

  @Test func waitsBrieflyForLowerRanks() {
    let now = Instant.now
    var words = PendingLegacySessions()
    words.add(.sample(0), rank: 0, now: now)
    #expect(words.deadline == now)
    words.add(.sample(1), rank: 3, now: now)
    words.add(.sample(2), rank: 60, now: now)
    #expect(words.takeDue(now: now).map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(words.deadline == now + .milliseconds(60))
    // A record with less time left does not replace the waiting session.
    words.remove(sentAs: SyncRecord(session: .sample(1, expiration: 59_000), version: Version(rawValue: 1)))
    #expect(words.deadline == now + .milliseconds(60))
    words.remove(sentAs: SyncRecord(session: .sample(1, expiration: 59_800), version: Version(rawValue: 1)))
    #expect(words.takeDue(now: now + .milliseconds(200)) == [.sample(2, expiration: 59_800)])
    #expect(words.deadline == nil, "none waits any more")
  }
}
