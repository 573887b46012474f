import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The records that a node sends, and those that it does not send.
@Suite struct SyncNodeTests {
  /// Each node that translates packets of a flow sends a record once per quarter of the timeout (75 s of 300 s),
  /// whichever node sent the last one.
  @Test func sendsAFlowThroughTwoNodesOncePerQuarterOfTheTimeout() {
    var group = NodeGroup(count: 2)
    for second in 0..<600 {
      group.nodes[second % 2].learn(.sample(0, expiration: 300_000), now: group.now)
      group.pass(.seconds(1))
    }
    #expect(group.records.allSatisfy { $0.count <= 1 + 600 / 75 }, "\(group.records.map(\.count))")
    // Each node keeps the session for as long as the flow lasts.
    #expect(group.isEqual)
    for index in 0...1 {
      #expect((group.record(.sample(0), at: index)?.session.expiration.rawValue ?? 0) > 300_000)
    }
  }

  /// A node's module has no slack after its own last packet.
  ///
  /// So it needs the records of the other node, and these must reach the module.
  @Test func sendsADeferredRecordInTime() throws {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, expiration: 300_000)
    for index in [0, 1, 0] {
      group.nodes[index].learn(session, now: group.now)
      group.pass(.seconds(10))
    }
    #expect(group.records.map(\.count) == [1, 1], "the record of the third packet is deferred")
    let given = group.modules.map(\.count)
    group.pass(.seconds(60))
    #expect(group.records.map(\.count) == [2, 1], "75 s after the first record, although no packet follows")
    #expect(group.isEqual)
    for index in 0...1 {
      #expect(group.modules[index].count == given[index] + 1)
      // The time left counts from the deferred packet, 20 s after the first one: 375 s from there.
      let left = try #require(group.modules[index].last).expiration.rawValue
      #expect((318_000...320_100).contains(left), "\(left)")
    }
    group.pass(.seconds(100))
    #expect(group.records.map(\.count) == [2, 1], "no second record")
  }

  /// A deferred packet of the established connection does not extend the closing state.
  @Test func dropsADeferredRecordWhenTheStateChanges() throws {
    var group = NodeGroup(count: 2)
    let session = SessionEntry.sample(0, proto: .tcp, expiration: 7_200_000)
    for index in [0, 1, 0] {
      group.nodes[index].learn(session, now: group.now)
      group.pass(.seconds(10))
    }
    #expect(group.records.map(\.count) == [1, 1], "the record of the third packet is deferred")
    let ended = SessionEntry.sample(0, proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    group.nodes[1].learn(ended, now: group.now)
    group.pass(.seconds(100))
    #expect(group.records.map(\.count) == [1, 2])
    for index in 0...1 {
      let left = try #require(group.record(session, at: index)).session.expiration.rawValue
      #expect((199_000...200_010).contains(left), "node \(index): \(left)")
    }
  }

  /// A deferred packet does not extend the session that has replaced its own in the table.
  @Test func dropsADeferredRecordWhenTheSessionIsReplaced() throws {
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

  @Test func sendsAFlowThroughOneNodeOncePerQuarterOfTheTimeout() {
    var group = NodeGroup(count: 2)
    for _ in 0..<600 {
      group.nodes[1].learn(.sample(0, expiration: 300_000), now: group.now)
      group.pass(.seconds(1))
    }
    #expect(group.records.map(\.count) == [0, 8])
  }

  /// A changed state is sent at once by any node.
  @Test func sendsAChangedStateAtOnce() {
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

  /// A newer record replaces the older one with its time left.
  ///
  /// So its sender takes over the longer time left of the older record.
  @Test func aNewerRecordDoesNotShortenTheTimeLeft() {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(.sample(0, expiration: 300_000), now: group.now)
    group.pass(.seconds(10))
    // This module found the session idle and announces it without slack.
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

  /// An announcement that is older than the table's record for the same mask loses, and the module gets the winner.
  @Test func aLateAnnouncementLosesToTheTable() {
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
