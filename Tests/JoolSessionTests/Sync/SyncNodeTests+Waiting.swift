import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Datagrams that waited in a socket, and nodes that did not run.
extension SyncNodeTests {
  private static func lastFrame(_ kind: SyncFrame.Kind, of group: Group) throws -> [UInt8] {
    try #require(
      group.frames.last { frame in
        frame.proxy == 0 && (try? SyncFrame.Header(decoding: frame.datagram.span.bytes))?.kind == kind
      }
    ).datagram
  }

  @Test func subtractsTheTimeInTheSocketFromExpirations() throws {
    var group = Group()
    let session = SessionEntry.sample(0, expiration: 60_000)
    group.unreachable = [1]
    group.announce([session], at: 0)
    group.pass(.seconds(4))
    let update = try Self.lastFrame(.update, of: group)
    let frame = try SyncFrame(decoding: update.span.bytes, pool6: .wellKnown)
    guard case .update(let records) = frame.body, let record = records.first else { return #expect(Bool(false)) }
    group.inject(update, at: 1, waited: .milliseconds(3500))
    let known = try #require(group.proxies[1].node?.table.session(like: session, now: group.now))
    let left = record.session.expiration.rawValue - 3500
    #expect((left - 200...left).contains(known.entry.expiration.rawValue))
    group.inject(try Self.lastFrame(.hello, of: group), at: 1, waited: .seconds(2))
    let peer = try #require(group.proxies[1].node?.peers[frame.sender])
    #expect(peer.lastHeard == group.now - .seconds(2), "the wait in the socket counts as silence")
  }

  @Test func requestsUpdatesAgainThatWaitedTooLong() throws {
    var group = Group()
    let session = SessionEntry.sample(0, expiration: 60_000)
    group.unreachable = [1]
    group.announce([session], at: 0)
    group.pass(.milliseconds(500))
    let action = group.inject(try Self.lastFrame(.update, of: group), at: 1, waited: .milliseconds(5001))
    #expect(action == .stale && group.proxies[1].counters.stale == 1)
    #expect(group.module(1).isEmpty)
    group.unreachable = []
    group.pass(.seconds(2))
    #expect(group.module(1).map(\.source6) == [session.source6])
    #expect(group.proxies[1].node?.counters.naksSent == 1)
  }

  /// After a pause a process reads the announcements of its module only after another node has taken over.
  @Test func announcementsThatWaitedInTheSocketAreOlder() throws {
    var group = Group()
    let waited = SessionEntry.sample(0, expiration: 300_000)
    var later = SessionEntry.sample(1, expiration: 300_000)
    later.source4 = waited.source4
    for index in 0...1 { _ = group.proxies[index].turn(now: group.now) }
    group.now += .seconds(4)
    group.unreachable = [1]
    group.announce([later], at: 0)
    group.take(from: 0, isCongested: false)
    let update = try Self.lastFrame(.update, of: group)
    group.now += .milliseconds(100)
    let slept = group.proxies[1].turn(now: group.now)
    #expect(slept == nil)
    group.announce([waited], at: 1)
    group.inject(update, at: 1, waited: .milliseconds(100))
    group.unreachable = []
    group.pass(.seconds(2))
    for index in 0...1 {
      let table = try #require(group.proxies[index].node?.table)
      #expect(table.session(like: later, now: group.now) != nil)
      #expect(table.session(like: waited, now: group.now) == nil)
    }
    #expect(group.module(1).map(\.source6) == [later.source6])
    #expect(group.evictions.contains { $0.source6 == waited.source6 }, "the paused node's module loses its session")
  }

  /// Records that a node deferred before its sleep are not newer than those that it missed.
  @Test func sendsDeferredRecordsOnlyAfterFetchingMissedOnes() throws {
    var group = NodeGroup(count: 2)
    for index in [0, 1, 0] {
      group.nodes[index].learn(slow, now: group.now)
      group.pass(.milliseconds(100))
    }
    try sleepThroughTheEnd(of: slow, in: &group)
  }

  /// The node sends its former records with less time left, which is no sign of a packet.
  @Test func loweringTimeoutsAfterASleepOverwritesNothing() throws {
    var group = NodeGroup(count: 2)
    group.nodes[0].learn(slow, now: group.now)
    group.pass(.milliseconds(100))
    var limits = group.nodes[0].limits
    limits.tcpEstablished = Milliseconds(600_000)
    try sleepThroughTheEnd(of: slow, in: &group, thenUse: limits)
  }

  private var slow: SessionEntry { .sample(0, proto: .tcp, expiration: 7_200_000) }

  /// Node 0 sleeps while node 1 receives the end of the session.
  private func sleepThroughTheEnd(
    of session: SessionEntry, in group: inout NodeGroup, thenUse limits: SessionLimits? = nil
  ) throws {
    group.pass(.seconds(2))
    group.unreachable = [0]
    group.skip(.seconds(1900))
    let ended = SessionEntry.sample(0, proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    group.nodes[1].learn(ended, now: group.now)
    group.drain(1)
    group.skip(.seconds(10))
    group.unreachable = []
    group.nodes[0].slept(for: .seconds(1910), now: group.now)
    if let limits { group.nodes[0].use(limits, now: group.now) }
    group.pass(.seconds(5))
    #expect(group.nodes.allSatisfy { $0.state == .ready })
    for index in 0...1 {
      let record = try #require(group.record(session, at: index))
      #expect(record.session.state == .trans, "node \(index): \(record)")
    }
  }

  @Test func aNodeThatSleptIsMending() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    for ring in [nil, keys] {
      var group = Group(keys: [ring, ring])
      group.run(.seconds(1))
      #expect(group.proxies[1].node?.right.may == true)
      group.now += .seconds(10)
      let slept = group.proxies[1].turn(now: group.now)
      #expect(slept == .seconds(10))
      #expect(group.proxies[1].node?.state == .mending)
      #expect(group.proxies[1].node?.right.may == false, "a peer has the right")
      #expect(group.proxies[1].node?.peers.heard(now: group.now).isEmpty == true)
      let starts = Set(group.frames.filter { $0.proxy == 1 }.map { $0.datagram[8..<16] })
      _ = group.proxies[0].turn(now: group.now)
      group.run(.seconds(5))
      #expect(group.proxies.allSatisfy { $0.node?.state == .ready && $0.node?.right.may == true })
      guard ring != nil else { continue }
      let now = Set(group.frames.filter { $0.proxy == 1 }.map { $0.datagram[8..<16] })
      #expect(now.count == starts.count + 1, "the seal has another start")
    }
  }

  /// No other node could have taken the addresses.
  @Test func aNodeThatSleptAloneKeepsTheAddresses() throws {
    var group = Group(count: 1)
    group.run(.seconds(1))
    group.now += .seconds(10)
    _ = group.proxies[0].turn(now: group.now)
    #expect(group.proxies[0].node?.state == .mending)
    #expect(group.proxies[0].node?.right.may == true)
  }
}
