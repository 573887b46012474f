import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Snapshots, clones, and datagrams of earlier starts.
///
/// A proxy is a value, so a copy of it models a machine that was restored from a snapshot.
@Suite struct IdentityTests {
  private static func group(_ count: Int, isSealed: Bool) throws -> Group {
    let keys = isSealed ? try FrameSealTests.ring((1, "a")) : nil
    var group = Group(count: count, keys: Array(repeating: keys, count: count))
    group.announce([.sample(0, expiration: 290_000)], at: 0)
    group.run(.seconds(1))
    return group
  }

  private func expectHealth(_ group: inout Group, starts: [UInt64]) {
    #expect(group.proxies.map(\.counters.copies) == starts)
    for index in group.proxies.indices {
      let session = SessionEntry.sample(1000 + index, expiration: 290_000)
      group.announce([session], at: index)
      group.run(.seconds(1))
      for other in group.proxies.indices {
        #expect(group.proxies[other].node?.table.session(like: session, now: group.now) != nil, "\(index) to \(other)")
      }
    }
    #expect(group.isEqual)
    #expect(group.proxies.allSatisfy { $0.nodeStatus.state == .ready })
  }

  @Test(arguments: [false, true]) func aRolledBackNodeTakesANewIdentity(isSealed: Bool) throws {
    var group = try Self.group(3, isSealed: isSealed)
    let snapshot = group.proxies[0]
    for number in 1...50 {
      group.announce([.sample(number, expiration: 290_000)], at: 0)
      group.run(.milliseconds(20))
    }
    group.run(.seconds(1))
    group.proxies[0] = snapshot
    group.run(.seconds(5))
    #expect(group.proxies[0].node?.identity != snapshot.node?.identity)
    let findings = group.findings(at: 0)
    #expect(findings.contains { $0.contains("snapshot") && $0.contains("--net.key-file") != isSealed })
    expectHealth(&group, starts: [1, 0, 0])
    group.now += SessionProxy.copyMemory
    #expect(!group.findings(at: 0).contains { $0.contains("snapshot") })
  }

  @Test(arguments: [false, true]) func theCloneThatIsBehindTakesANewIdentity(isSealed: Bool) throws {
    var group = try Self.group(4, isSealed: isSealed)
    let identity = group.proxies[0].node?.identity
    group.proxies[3] = group.proxies[0]
    group.announce([.sample(1, expiration: 290_000)], at: 0)
    group.run(.seconds(5))
    #expect(group.proxies[0].node?.identity == identity, "the original keeps its identity")
    #expect(group.proxies[3].node?.identity != identity)
    expectHealth(&group, starts: [0, 0, 0, 1])
  }

  /// The peers have timed out the original, but they still know its last sequence number.
  @Test func aCopyBehindItsStoppedOriginalTakesANewIdentity() throws {
    var group = try Self.group(3, isSealed: false)
    let snapshot = group.proxies[0]
    for number in 1...50 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
    group.run(.seconds(1))
    group.restart(0, seed: 71)
    group.run(.seconds(30))
    group.proxies[0] = snapshot
    group.run(.seconds(5))
    #expect(group.proxies[0].node?.identity != snapshot.node?.identity)
    expectHealth(&group, starts: [1, 0, 0])
  }

  @Test(arguments: [false, true]) func ignoresReplaysOfItsOwnFrames(isSealed: Bool) throws {
    var group = try Self.group(2, isSealed: isSealed)
    for number in 1...20 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
    group.run(.seconds(1))
    let identity = group.proxies[0].node?.identity
    for frame in group.frames where frame.proxy == 0 {
      group.inject(frame.datagram, at: 0)
      group.run(.milliseconds(10))
    }
    #expect(group.proxies[0].node?.identity == identity)
    expectHealth(&group, starts: [0, 0])
  }

  /// Without a key anyone can forge such frames repeatedly, so the node reacts to at most one per minute.
  @Test func forgedOwnFramesCauseAtMostOneNewIdentityPerMinute() throws {
    var group = try Self.group(2, isSealed: false)
    for _ in 0..<100 {
      let identity = try #require(group.proxies[0].node?.identity)
      group.inject(SyncFrame(sender: identity, number: 1, sequence: 1 << 60, body: .nak([])).encoded(), at: 0)
      group.run(.seconds(1), step: .milliseconds(50))
    }
    #expect(group.proxies[0].counters.copies == 2)
  }

  /// Each start of a proxy has another identity, so datagrams of an earlier start belong to a node that has ended.
  @Test(arguments: [false, true]) func acceptsANodeDespiteLateDatagramsOfItsFormerStart(isSealed: Bool) throws {
    let keys = isSealed ? try FrameSealTests.ring((1, "a")) : nil
    var group = try Self.group(3, isSealed: isSealed)
    let former = group.frames.filter { $0.proxy == 0 }.map(\.datagram)
    group.restart(1, seed: 71, keys: keys)
    group.restart(0, seed: 72, keys: keys)
    for datagram in former.suffix(40) {
      group.inject(datagram, at: 1, from: Group.address(of: 0))
      group.run(.milliseconds(100))
    }
    // The sessions of node 0 would also arrive through node 2, so the test asks whether node 1 accepts node 0 itself.
    let present = try #require(group.proxies[0].node?.identity)
    #expect(group.proxies[1].node?.peers[present]?.isAlive(at: group.now) == true)
    expectHealth(&group, starts: [0, 0, 0])
  }

  /// The copy and its clock were paused while the original went on and then ended.
  ///
  /// The copy has sent the same number of updates, so nothing shows that it is a copy; but its sealed frames would
  /// count as replays.
  @Test func acceptsASealedCopyAgainWithinSeconds() throws {
    var group = try Self.group(2, isSealed: true)
    var copy = group.proxies[0]
    for _ in 0..<120 {
      group.run(.seconds(1), step: .milliseconds(50))
      _ = copy.turn(now: group.now)
    }
    group.proxies[0] = copy
    group.run(.seconds(20))
    #expect(group.proxies[0].counters.sealRenewals > copy.counters.sealRenewals)
    expectHealth(&group, starts: [0, 0])
  }
}
