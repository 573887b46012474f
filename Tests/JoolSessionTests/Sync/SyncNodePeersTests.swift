import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Nodes with partial connectivity.
extension SyncNodeTests {
  /// Nodes with links that can be cut in one direction.
  struct Links {
    var nodes: [SyncNode]
    var now = Instant.now
    /// The pairs of sender and receiver whose link is cut.
    var cut: Set<[Int]> = []
    /// The nodes whose hellos are lost.
    var losesHellosOf: Set<Int> = []
    private(set) var sent: [(sender: Int, frame: SyncFrame)] = []

    init(count: Int, isFirst: Bool = false, pool6: [Int: IPv6Prefix] = [:]) {
      let start = now
      nodes = (0..<count).compactMap { number in
        guard let table = SessionTable(pool6: pool6[number] ?? .wellKnown, now: start) else { return nil }
        return SyncNode(
          identity: Incarnation(UInt64(number) + 1), table: table, limits: SessionLimits(), seed: UInt64(number) + 1,
          isFirst: isFirst, clock: SyncNode.sampleTime, now: start)
      }
    }

    mutating func add(_ number: Int) {
      nodes.append(.sample(number, isFirst: false, now: now))
    }

    mutating func pass(_ duration: TimeAmount, each: (inout Links) -> Void = { _ in }) {
      let end = now + duration
      while now < end {
        now += .milliseconds(10)
        for index in nodes.indices {
          if nodes[index].nextDeadline <= now { nodes[index].advance(to: now) }
          deliver(index)
        }
        each(&self)
      }
    }

    private mutating func deliver(_ sender: Int) {
      for datagram in nodes[sender].takeOutput(now: now).datagrams {
        if let frame = try? SyncFrame(decoding: datagram.span.bytes, pool6: .wellKnown) { sent.append((sender, frame)) }
        if losesHellosOf.contains(sender), case .hello = sent.last?.frame.body { continue }
        for receiver in nodes.indices where receiver != sender && !cut.contains([sender, receiver]) {
          try? nodes[receiver].receive(datagram.span.bytes, now: now)
        }
      }
    }

    var states: [NodeState] { nodes.map(\.state) }

    func has(_ session: SessionEntry, _ index: Int) -> Bool {
      nodes[index].table.session(like: session, now: now) != nil
    }
  }

  /// After a planned end no peer has to wait for the peer timeout.
  @Test func aNodeThatLeavesReleasesItsPromise() {
    var links = Links(count: 2)
    links.pass(.seconds(8))
    #expect(links.states == [.ready, .ready])
    // The second node becomes mending and leaves the addresses to the first.
    links.nodes[1].note(module: .late)
    links.pass(.seconds(3))
    #expect(links.nodes.map(\.right.may) == [true, false])
    links.nodes[0].leave(now: links.now)
    for datagram in links.nodes[0].takeOutput(now: links.now).datagrams {
      try? links.nodes[1].receive(datagram.span.bytes, now: links.now)
    }
    #expect(links.nodes[1].right.may)
    #expect(links.nodes[1].peers[Incarnation(1)]?.state == .starting)
  }

  /// A starting node keeps at most as many keys as its module has sessions, plus a margin.
  @Test func announcedKeysExpireWithTheirSessions() {
    let start = Instant.now
    var node = SyncNode.sample(0, isFirst: false, now: start)
    for second in 0..<300 {
      for number in 0..<100 {
        node.learn(.sample(second * 100 + number, expiration: 60_000), now: start + .seconds(second))
      }
      _ = node.takeOutput(now: start + .seconds(second))
    }
    #expect(node.module.audit.early.count <= 2 * 6000 + 1024)
    #expect(node.module.audit.early.contains(SessionKey(.sample(29_999))))
  }

  @Test func theLowestOfNodesStartingTogetherIsTheFirst() {
    var links = Links(count: 3)
    links.pass(.milliseconds(1100))
    #expect(links.states == [.starting, .starting, .starting])
    links.pass(.milliseconds(1400))
    #expect(links.states == [.ready, .ready, .ready])
    #expect(links.nodes.map(\.counters.joins) == [0, 1, 1])
    #expect(links.nodes.allSatisfy { $0.right.may })
  }

  /// A.2: the starting node does not receive node 0, but another node does.
  @Test func isNotFirstWhileAPeerReceivesAReadyNode() {
    var links = Links(count: 2)
    links.pass(.seconds(3))
    links.nodes[0].learn(.sample(1), now: links.now)
    links.pass(.seconds(1))
    // The third node receives only the second one, which does not receive it.
    links.add(2)
    links.cut = [[0, 2], [2, 0], [2, 1]]
    links.pass(.seconds(20))
    #expect(links.states[2] == .starting)
    links.cut = [[0, 2], [2, 0]]
    links.pass(.seconds(3))
    #expect(links.states[2] == .ready)
    #expect(links.has(.sample(1), 2))
  }

  @Test func joinsAMendingNode() {
    var links = Links(count: 1, isFirst: true)
    links.nodes[0].learn(.sample(1), now: links.now)
    links.nodes[0].note(module: .unmet)
    links.nodes[0].fallBack(because: .module)
    links.pass(.seconds(1))
    #expect(links.states == [.mending])
    links.add(1)
    links.pass(.seconds(2))
    #expect(links.states == [.mending, .ready])
    #expect(links.has(.sample(1), 1))
  }

  /// A.5: two ready nodes meet, and each lacks sessions of the other.
  @Test func twoReadyNodesThatMeetFetchMissingSessions() {
    var links = Links(count: 2, isFirst: true)
    links.cut = [[0, 1], [1, 0]]
    links.nodes[0].learn(.sample(0), now: links.now)
    links.nodes[1].learn(.sample(1), now: links.now)
    links.pass(.seconds(2))
    links.cut = []
    var mended = [false, false]
    links.pass(.seconds(4)) { links in
      for index in 0...1 where links.states[index] == .mending { mended[index] = true }
    }
    #expect(mended == [true, true])
    #expect(links.states == [.ready, .ready])
    #expect(links.nodes[0].table.rootDigest == links.nodes[1].table.rootDigest)
    #expect(links.nodes[0].table.count == 2)
  }

  /// A.7: the updates of node 0 reach node 1 only through node 2.
  @Test func fetchesUpdatesOfAnUnreachableNodeThroughAnother() {
    var links = Links(count: 3)
    links.pass(.seconds(3))
    links.cut = [[0, 1]]
    links.pass(.seconds(7))
    links.nodes[0].learn(.sample(1), now: links.now)
    links.pass(.milliseconds(3500))
    #expect(links.has(.sample(1), 1))
    #expect(links.states[1] == .ready)
  }

  /// The first node never receives datagrams of the second one, so it fetches that node's updates from the third: at
  /// most once a second, and only while there are any.
  @Test func fetchesUpdatesOfAnAlwaysUnreachableNodeWithFewPulls() {
    var links = Links(count: 3)
    links.cut = [[0, 1]]
    links.pass(.seconds(8))
    let before = links.nodes[0].counters.resyncs
    for number in 0..<60 {
      links.nodes[1].learn(.sample(number), now: links.now)
      links.pass(.milliseconds(100))
    }
    links.pass(.seconds(3))
    #expect((0..<60).allSatisfy { links.has(.sample($0), 0) })
    let pulls = links.nodes[0].counters.resyncs - before
    #expect(pulls > 0 && pulls <= 8, "\(pulls)")
    links.pass(.seconds(60))
    #expect(links.nodes[0].counters.resyncs - before == pulls, "there are no further updates")
    #expect(links.states == [.ready, .ready, .ready])
  }

  /// A.7: lost updates are fetched from another node if their sender is gone.
  @Test func fetchesLossesFromAThirdNode() {
    var links = Links(count: 3)
    links.pass(.seconds(3))
    links.cut = [[0, 1]]
    links.nodes[0].learn(.sample(1), now: links.now)
    links.pass(.milliseconds(100))
    links.cut = [[0, 1], [0, 2], [1, 0], [2, 0]]
    links.pass(.seconds(9))
    #expect(links.has(.sample(1), 1))
    #expect(links.states[1] == .ready)
  }

  @Test func requestsMissingUpdates() {
    var links = Links(count: 2)
    links.pass(.seconds(3))
    links.cut = [[0, 1]]
    links.nodes[0].learn(.sample(1), now: links.now)
    links.pass(.milliseconds(20))
    links.cut = []
    links.nodes[0].learn(.sample(2), now: links.now)
    links.pass(.milliseconds(100))
    #expect(links.has(.sample(1), 1))
    #expect(links.states == [.ready, .ready])
    #expect(links.nodes[1].counters.naksSent == 1)
    #expect(links.nodes[0].counters.retransmitted == 1)
  }

  /// A.14.
  @Test func exchangesNoSessionsWithAnotherPool6() {
    var links = Links(count: 2, isFirst: true, pool6: [1: .other])
    links.nodes[0].learn(.sample(1), now: links.now)
    links.pass(.seconds(3))
    #expect(links.nodes[1].table.isEmpty)
    #expect(links.nodes[1].state == .ready)
    #expect(links.nodes[1].peers.all.map(\.hasOtherPool6) == [true])
    #expect(links.nodes.map(\.counters.joins) == [0, 0])
    #expect(links.nodes.map(\.counters.resyncs) == [0, 0])
  }

  @Test func nodesWithEqualTagsChooseDifferentOnes() {
    var links = Links(count: 2)
    let tag = links.nodes[0].records.clock.tag
    links.nodes[1].records.clock.use(tag: tag)
    links.pass(.seconds(1))
    #expect(links.nodes[0].records.clock.tag != links.nodes[1].records.clock.tag)
  }

  @Test func advertisesAChangedStateSoon() {
    var links = Links(count: 2)
    links.pass(.seconds(3))
    links.nodes[0].fallBack(because: .module)
    links.nodes[0].note(module: .unmet)
    links.pass(.milliseconds(100))
    #expect(links.nodes[1].peers[links.nodes[0].identity]?.state == .mending)
  }

  @Test func aStartingNodePadsItsHellosToTheSizeOfTheAnswer() {
    var links = Links(count: 2)
    links.pass(.milliseconds(100))
    for (sender, frame) in links.sent {
      guard case .hello = frame.body, links.nodes[sender].state == .starting else { continue }
      #expect(frame.encoded().count >= SyncFrame.Hello.startingSize)
    }
    let senders = Set(links.sent.map(\.sender))
    #expect(senders == [0, 1])
  }
}
