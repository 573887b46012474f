import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SealedGroupTests {
  private let sessions = (0..<500).map { SessionEntry.sample($0, expiration: 250_000) }

  @Test func nodesWithTheKeyShareTheirTable() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(count: 3, keys: [keys, keys, keys])
    group.announce(sessions, at: 0)
    group.pass(.seconds(1))
    for index in 1...2 {
      #expect(group.proxies[index].nodeStatus.state == .ready)
      #expect(Set(group.module(index).map(\.source6)) == Set(sessions.map(\.source6)))
    }
    #expect(group.legacy.isEmpty, "nothing is sent to C proxies")
    for (_, datagram) in group.frames { #expect(datagram[3] == FrameSeal.type) }
  }

  @Test func excludesNodesWithoutTheKey() throws {
    let (ours, theirs) = (try FrameSealTests.ring((1, "a")), try FrameSealTests.ring((1, "b")))
    var group = Group(count: 4, keys: [ours, ours, theirs, nil])
    for index in [0, 2, 3] { group.announce([.sample(index, expiration: 250_000)], at: index) }
    group.injectLegacy(RecordLayout.packed36.encode([.sample(9)]), at: 0)
    group.pass(.seconds(2))
    #expect(group.module(0).isEmpty)
    #expect(group.module(1).map(\.source6) == [SessionEntry.sample(0).source6])
    #expect(group.module(2).isEmpty && group.module(3).isEmpty)
    let counters = group.proxies[0].counters
    #expect(counters.forgedDatagrams > 0 && counters.unsealedDatagrams > 0)
  }

  /// All recorded frames are replayed to a node that has just started and has no memory.
  @Test func aNewNodeIgnoresRecordedFrames() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(keys: [keys, keys])
    group.announce(sessions, at: 0)
    group.pass(.seconds(3))
    #expect(!group.module(1).isEmpty)
    var late = Group(count: 1, keys: [keys], seed: 100, settled: false)
    late.now = group.now
    for (_, datagram) in group.frames {
      late.now += .milliseconds(1)
      _ = late.proxies[0].received(
        datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 1), now: late.now)
      late.pass(.milliseconds(10))
    }
    late.pass(.seconds(7))
    #expect(late.module(0).isEmpty)
    #expect(late.proxies[0].counters.unvalidatedStarts == UInt64(group.frames.count))
  }

  /// The replayed frames are those of a peer that is present and trusted: expired sessions must not return.
  @Test func aRestartedNodeIgnoresRecordedFramesOfAPresentPeer() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    var group = Group(keys: [keys, keys])
    group.announce((0..<20).map { .sample($0, expiration: 10_000) }, at: 0)
    group.pass(.seconds(150))
    let recorded = group.frames.filter { $0.proxy == 0 }.map(\.datagram)
    #expect(group.module(1).count == 20 && recorded.count > 100)
    #expect(group.proxies.allSatisfy { $0.node?.table.count == 0 }, "they have expired")
    group.restart(1, seed: 77, keys: keys)
    for _ in 0..<20 {
      for datagram in recorded {
        _ = group.proxies[1].received(
          datagram: datagram.span.bytes, length: datagram.count, from: Group.address(of: 0), now: group.now)
      }
      group.pass(.milliseconds(50))
    }
    group.pass(.seconds(7))
    #expect(group.module(1).isEmpty && group.proxies[1].node?.table.count == 0)
    #expect(group.proxies[1].node?.peers.all.count == 1, "it trusts the peer")
  }

  @Test func replacesTheKeyNodeByNode() throws {
    let (old, both) = (try FrameSealTests.ring((1, "a")), try FrameSealTests.ring((1, "a"), (2, "b")))
    let (turned, new) = (try FrameSealTests.ring((2, "b"), (1, "a")), try FrameSealTests.ring((2, "b")))
    var group = Group(keys: [old, old])
    var number = 0
    for (node, ring) in [(0, both), (1, both), (0, turned), (1, turned), (0, new), (1, new)] {
      group.proxies[node].use(ring)
      group.announce([sessions[number]], at: 0)
      group.pass(.seconds(1))
      number += 1
      #expect(group.module(1).count == number)
    }
  }
}
