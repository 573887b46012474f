import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// What a node says, and what it does not.
@Suite struct SyncNodeTests {
  /// Each node that sees packets of a flow says so once per quarter of the timeout, whoever spoke last: 75 s of 300 s.
  @Test func aFlowThroughTwoNodesIsSaidOncePerQuarter() {
    var group = NodeGroup(count: 2)
    for second in 0..<600 {
      group.nodes[second % 2].learn(.sample(0, expiration: 300_000), now: group.now)
      group.pass(.seconds(1))
    }
    #expect(group.records.allSatisfy { $0.count <= 1 + 600 / 75 }, "\(group.records.map(\.count))")
    // Whoever is given a session by the other one keeps it for as long as the flow goes on.
    #expect(group.isEqual)
    for index in 0...1 {
      #expect((group.record(.sample(0), at: index)?.session.expiration.rawValue ?? 0) > 300_000)
    }
  }

  /// A node's module has no slack since its own last packet: it must hear of the other one's, and what it hears must
  /// reach its own module.
  @Test func whatIsKeptBackIsSaidInTime() throws {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, expiration: 300_000)
    for index in [0, 1, 0] {
      group.nodes[index].learn(session, now: group.now)
      group.pass(.seconds(10))
    }
    #expect(group.records.map(\.count) == [1, 1], "the third packet is kept back")
    let given = group.modules.map(\.count)
    group.pass(.seconds(60))
    #expect(group.records.map(\.count) == [2, 1], "75 s after the first word, though no packet follows")
    #expect(group.isEqual)
    for index in 0...1 {
      #expect(group.modules[index].count == given[index] + 1)
      // As of the packet that was kept back: 20 s after the first one, and 375 s from there.
      let left = try #require(group.modules[index].last).expiration.rawValue
      #expect((318_000...320_100).contains(left), "\(left)")
    }
    group.pass(.seconds(100))
    #expect(group.records.map(\.count) == [2, 1], "once")
  }

  /// A packet of an established connection gives no life to its end.
  @Test func whatIsKeptBackEndsWithItsState() throws {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, proto: .tcp, expiration: 7_200_000)
    for index in [0, 1, 0] {
      group.nodes[index].learn(session, now: group.now)
      group.pass(.seconds(10))
    }
    #expect(group.records.map(\.count) == [1, 1], "the third packet is kept back")
    let ended = SessionEntry.sample(0, proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    group.nodes[1].learn(ended, now: group.now)
    group.pass(.seconds(100))
    #expect(group.records.map(\.count) == [1, 2])
    for index in 0...1 {
      let left = try #require(group.record(session, at: index)).session.expiration.rawValue
      #expect((199_000...200_010).contains(left), "node \(index): \(left)")
    }
  }

  /// Nor to the session that has got its place in the table.
  @Test func whatIsKeptBackEndsWithItsSession() throws {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, proto: .tcp, expiration: 7_200_000)
    for index in [0, 1, 0] {
      group.nodes[index].learn(session, now: group.now)
      group.pass(.seconds(10))
    }
    var rival = SessionEntry.sample(1, proto: .tcp, expiration: 7_100_000)
    rival.source4 = session.source4
    for index in [0, 1] {
      group.nodes[index].learn(rival, now: group.now)
      group.pass(.milliseconds(20))
      rival.expiration = Milliseconds(7_150_000)
    }
    group.pass(.seconds(2000))
    #expect(group.record(session, at: 0) == nil)
    let left = try #require(group.record(rival, at: 0)).session.expiration.rawValue
    #expect((5_149_000...5_150_010).contains(left), "\(left)")
  }

  @Test func aFlowThroughOneNodeIsSaidOncePerQuarter() {
    var group = NodeGroup(count: 2)
    for _ in 0..<600 {
      group.nodes[1].learn(.sample(0, expiration: 300_000), now: group.now)
      group.pass(.seconds(1))
    }
    #expect(group.records.map(\.count) == [0, 8])
  }

  /// Another state is news at once, whoever says it.
  @Test func aChangeIsSaidAtOnce() {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, proto: .tcp, expiration: 7_200_000)
    var ended = session
    (ended.state, ended.timer, ended.expiration) = (.trans, .transitory, Milliseconds(240_000))
    for index in [0, 1, 0, 1] {
      group.nodes[index].learn(index == 0 ? session : ended, now: group.now)
      group.pass(.seconds(1))
      #expect(group.isEqual)
      #expect(group.record(session, at: 1 - index)?.session.state == (index == 0 ? .established : .trans))
    }
    #expect(group.records.map(\.count) == [2, 2])
  }

  /// The later word replaces the earlier one with its life. So whoever speaks takes over what is left.
  @Test func theSpeakerTakesNoLifeAway() {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(.sample(0, expiration: 300_000), now: group.now)
    group.pass(.seconds(10))
    // This module found it idle, and tells of it without slack.
    var idle = SessionEntry.sample(0, expiration: 300_000)
    idle.expiration = Milliseconds(290_000)
    group.nodes[1].learn(idle, now: group.now)
    group.pass(.seconds(1))
    #expect(group.records[1].count == 1)
    #expect(group.isEqual)
    for index in 0...1 {
      #expect((363_000...364_100).contains(group.record(idle, at: index)?.session.expiration.rawValue ?? 0))
    }
  }

  /// A word that is older than what the table has in its place loses, and the module gets what won.
  @Test func anOldWordOfTheModuleGivesWay() {
    var group = NodeGroup(count: 2)
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(0).source4
    group.nodes[0].learn(.sample(0), now: group.now)
    group.pass(.seconds(1))
    group.nodes[1].learn(rival, age: 30_000, now: group.now)
    group.modules[1] = []
    group.feed(1)
    #expect(group.evictions[1].map(\.source6) == [rival.source6])
    #expect(group.modules[1].map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.nodes[1].table.count == 1)
  }
}
