import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Snapshots, clones, and what former starts have said. A proxy is a value, so a copy of it is what a machine has that is set
/// back.
@Suite struct IdentityTests {
  private static func group(_ count: Int, isSealed: Bool) throws -> Group {
    let keys = isSealed ? try FrameSealTests.ring((1, "a")) : nil
    var group = Group(count: count, keys: Array(repeating: keys, count: count))
    group.announce([.sample(0, expiration: 290_000)], at: 0)
    group.live(.seconds(1))
    return group
  }

  private func expectHealth(_ group: inout Group, starts: [UInt64]) {
    #expect(group.proxies.map(\.counters.copies) == starts)
    for index in group.proxies.indices {
      let session = SessionEntry.sample(1000 + index, expiration: 290_000)
      group.announce([session], at: index)
      group.live(.seconds(1))
      for other in group.proxies.indices {
        #expect(group.proxies[other].node?.table.session(like: session, now: group.now) != nil, "\(index) to \(other)")
      }
    }
    #expect(group.isEqual)
    #expect(group.proxies.allSatisfy { $0.nodeStatus.state == .ready })
  }

  @Test(arguments: [false, true]) func aRolledBackNodeStartsAnew(isSealed: Bool) throws {
    var group = try Self.group(3, isSealed: isSealed)
    let snapshot = group.proxies[0]
    for number in 1...50 {
      group.announce([.sample(number, expiration: 290_000)], at: 0)
      group.live(.milliseconds(20))
    }
    group.live(.seconds(1))
    group.proxies[0] = snapshot
    group.live(.seconds(5))
    #expect(group.proxies[0].node?.identity != snapshot.node?.identity)
    let findings = group.findings(at: 0)
    #expect(findings.contains { $0.contains("snapshot") && $0.contains("--net.key-file") != isSealed })
    expectHealth(&group, starts: [1, 0, 0])
    group.now += SessionProxy.copyMemory
    #expect(!group.findings(at: 0).contains { $0.contains("snapshot") })
  }

  @Test(arguments: [false, true]) func ofTwoClonesTheOneBehindStartsAnew(isSealed: Bool) throws {
    var group = try Self.group(4, isSealed: isSealed)
    let identity = group.proxies[0].node?.identity
    group.proxies[3] = group.proxies[0]
    group.announce([.sample(1, expiration: 290_000)], at: 0)
    group.live(.seconds(5))
    #expect(group.proxies[0].node?.identity == identity, "it is not disturbed")
    #expect(group.proxies[3].node?.identity != identity)
    expectHealth(&group, starts: [0, 0, 0, 1])
  }

  /// The peers have timed the original out, but they know how far it came.
  @Test func aCopyOfANodeThatEndedStartsAnewIfItIsBehind() throws {
    var group = try Self.group(3, isSealed: false)
    let snapshot = group.proxies[0]
    for number in 1...50 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
    group.live(.seconds(1))
    group.restart(0, seed: 71)
    group.live(.seconds(30))
    group.proxies[0] = snapshot
    group.live(.seconds(5))
    #expect(group.proxies[0].node?.identity != snapshot.node?.identity)
    expectHealth(&group, starts: [1, 0, 0])
  }

  @Test(arguments: [false, true]) func aReplayOfOwnFramesChangesNothing(isSealed: Bool) throws {
    var group = try Self.group(2, isSealed: isSealed)
    for number in 1...20 { group.announce([.sample(number, expiration: 290_000)], at: 0) }
    group.live(.seconds(1))
    let identity = group.proxies[0].node?.identity
    for frame in group.frames where frame.proxy == 0 {
      group.hear(frame.datagram, at: 0)
      group.live(.milliseconds(10))
    }
    #expect(group.proxies[0].node?.identity == identity)
    expectHealth(&group, starts: [0, 0])
  }

  /// Without a key somebody can make up such a frame, and again and again: it is believed once a minute.
  @Test func aForgedFrameOfOwnsCostsOneStartPerMinute() throws {
    var group = try Self.group(2, isSealed: false)
    for _ in 0..<100 {
      let identity = try #require(group.proxies[0].node?.identity)
      group.hear(SyncFrame(sender: identity, number: 1, sequence: 1 << 60, body: .nak([])).encoded(), at: 0)
      group.live(.seconds(1), step: .milliseconds(50))
    }
    #expect(group.proxies[0].counters.copies == 2)
  }

  /// A proxy has another number with each start, so what a former one has said is of a node that nobody waits for.
  @Test(arguments: [false, true]) func aLateDatagramOfAFormerStartMutesNobody(isSealed: Bool) throws {
    let keys = isSealed ? try FrameSealTests.ring((1, "a")) : nil
    var group = try Self.group(3, isSealed: isSealed)
    let former = group.frames.filter { $0.proxy == 0 }.map(\.datagram)
    group.restart(1, seed: 71, keys: keys)
    group.restart(0, seed: 72, keys: keys)
    for datagram in former.suffix(40) {
      group.hear(datagram, at: 1, from: Group.address(of: 0))
      group.live(.milliseconds(100))
    }
    // Its sessions would come through the third one, too.
    let present = try #require(group.proxies[0].node?.identity)
    #expect(group.proxies[1].node?.peers[present]?.isAlive(at: group.now) == true)
    expectHealth(&group, starts: [0, 0, 0])
  }

  /// A machine that stood still with its clock, while the one that it is a copy of went on and then ended. It has said as
  /// many updates, so nothing tells that it is a copy; but what it seals would count as a replay.
  @Test func aSealedCopyIsHeardAgainSoon() throws {
    var group = try Self.group(2, isSealed: true)
    var copy = group.proxies[0]
    for _ in 0..<120 {
      group.live(.seconds(1), step: .milliseconds(50))
      _ = copy.turn(now: group.now)
    }
    group.proxies[0] = copy
    group.live(.seconds(20))
    expectHealth(&group, starts: [0, 0])
  }
}
