import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The conditions under which a starting node becomes the group's first.
@Suite struct AloneTimerTests {
  private let start = Instant.now

  @Test func barelyCountsTimeWithoutChecks() {
    var solitude = AloneTimer(now: start)
    for step in 1...5 { solitude.look(now: start + AloneTimer.interval * step) }
    #expect(solitude.since == start)
    solitude.look(now: start + .seconds(10))
    #expect(solitude.since == start + .seconds(9) - AloneTimer.attention)
    solitude.end(now: start + .seconds(5))
    #expect(solitude.since == start + .seconds(9) - AloneTimer.attention, "an older sign changes nothing")
    solitude.end(now: start + .seconds(11))
    #expect(solitude.since == start + .seconds(11))
  }

  /// The sockets were opened late, or the machine did not schedule the process.
  @Test func aNodeThatDidNotRunIsNotTheFirst() {
    var node = SyncNode.sample(0, isFirst: false, now: start)
    var now = start + .seconds(4)
    node.advance(to: now)
    #expect(!node.isFirst)
    while !node.isFirst, now < start + .seconds(9) {
      now += .milliseconds(10)
      if node.nextDeadline <= now { node.advance(to: now) }
    }
    let waited = (now - start) / .seconds(1)
    #expect(waited > 4.8 && waited < 5.2, "\(waited)")
  }

  /// The first datagram to an address may wait for neighbor discovery.
  @Test(arguments: [(false, 1.2), (true, 3)])
  func aNodeWithStatedPeersWaitsLongerForTheirFirstHello(hasPeersByAddress: Bool, seconds: Double) {
    var node = SyncNode.sample(0, isFirst: false, now: start)
    node.hasPeersByAddress = hasPeersByAddress
    var now = start
    while !node.isFirst, now < start + .seconds(9) {
      now += .milliseconds(10)
      if node.nextDeadline <= now { node.advance(to: now) }
    }
    let waited = (now - start) / .seconds(1)
    #expect(abs(waited - seconds) < 0.2, "\(waited)")
  }

  /// The active node's hellos are delayed or lost while it sends many updates.
  @Test func updatesOfAnUnknownNodeShowThatATableExists() {
    var links = SyncNodeTests.Links(count: 1, isFirst: true)
    links.pass(.seconds(1))
    links.add(1)
    links.losesHellosOf = [0]
    for number in 0..<30 {
      links.nodes[0].learn(.sample(number), now: links.now)
      links.pass(.milliseconds(100))
    }
    #expect(links.states == [.ready, .starting])
    #expect(!links.nodes[1].isFirst)
    links.losesHellosOf = []
    links.pass(.milliseconds(1500))
    #expect(links.states == [.ready, .ready])
    #expect(links.nodes[1].table.count == 30)
  }

  /// An unknown node that no longer sends delays nothing.
  @Test func isTheFirstAfterTheUpdatesEnd() {
    var links = SyncNodeTests.Links(count: 1, isFirst: true)
    links.add(1)
    links.losesHellosOf = [0]
    links.pass(.seconds(1))
    links.nodes[0].learn(.sample(0), now: links.now)
    links.pass(.seconds(1))
    #expect(links.states[1] == .starting)
    links.pass(.milliseconds(400))
    #expect(links.nodes[1].isFirst)
  }
}
