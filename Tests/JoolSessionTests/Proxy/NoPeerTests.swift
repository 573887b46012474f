import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The reasons that a node reports when it has no peer.
@Suite struct NoPeerTests {
  @Test func reportsThatNoPeerWasEverReceived() {
    let group = Group(count: 1)
    let status = group.proxies[0].status(now: group.now)
    #expect(status.nodeStatus.isReady)
    #expect(status.noPeerReason == "No peer was received since the start, 7 s ago, nor any other datagram.")
    #expect(ProxyStatus(text: status.text) == status)
  }

  @Test func connectedNodesAreNotAlone() {
    let group = Group()
    #expect(group.proxies.map { $0.noPeerReason(now: group.now) } == [nil, nil])
  }

  /// The hellos of a peer list the nodes that it receives.
  @Test func reportsThatNoPeerReceivesThisNode() {
    var group = Group()
    group.unreachable = [1]
    group.pass(.seconds(7))
    let unheard = group.proxies[0].status(now: group.now)
    #expect(unheard.peers.map(\.state) == [.ready])
    #expect(unheard.noPeerReason == "This node receives peers (fe80::2), but none of them receives this node.")
    let unreachable = group.proxies[1].noPeerReason(now: group.now)
    #expect(unreachable?.hasPrefix("No peer is received; the last one was fe80::1, ") == true)
    group.unreachable = []
    group.pass(.seconds(3))
    #expect(group.proxies.map { $0.noPeerReason(now: group.now) } == [nil, nil])
  }

  @Test func reportsThatNoPeerEverReceivedThisNode() throws {
    let keys = try FrameSealTests.ring((1, "a"))
    for ring in [nil, keys] {
      var group = Group(keys: [ring, ring], settled: false)
      group.unreachable = [1]
      group.pass(.seconds(7))
      let reason = group.proxies[0].noPeerReason(now: group.now)
      #expect(reason?.hasSuffix("(1), but none of them receives this node.") == true)
      #expect(group.proxies[1].noPeerReason(now: group.now)?.hasPrefix("No peer was received since the start") == true)
    }
  }

  @Test func reportsTheLossOfAllPeersAfterTheTimeout() {
    var group = Group(count: 3)
    group.unreachable = [0]
    group.pass(.milliseconds(3500))
    #expect(group.proxies[0].noPeerReason(now: group.now) == nil, "the peers have not timed out yet")
    group.pass(.seconds(3))
    #expect(group.proxies[0].noPeerReason(now: group.now) != nil)
    #expect(group.proxies[1].noPeerReason(now: group.now) == nil, "node 2 is still its peer")
  }

  @Test func namesPeersThatDoNotReceiveThisNode() {
    var group = Group(count: 3)
    group.unreachable = [0]
    group.pass(.seconds(8))
    func unheard(at index: Int) -> [String] {
      group.proxies[index].status(now: group.now).findings.filter { $0.contains("does not receive") }
    }
    for index in 1...2 {
      let beginning = "fe80::1 does not receive this node, although others do. "
      #expect(unheard(at: index).map { $0.hasPrefix(beginning) } == [true])
    }
    #expect(unheard(at: 0) == [], "it receives nothing, so it cannot know")
    group.unreachable = []
    group.pass(.seconds(3))
    #expect((0...2).allSatisfy { unheard(at: $0) == [] })
  }

  /// C proxies do not list the nodes that they receive, and a standby sends nothing.
  @Test func aReceivedCProxyCountsAsAPeer() {
    var group = Group(count: 1, formats: [.legacy])
    #expect(group.proxies[0].noPeerReason(now: group.now)?.hasPrefix("No C proxy (C proxies send nothing") == true)
    group.injectLegacy(RecordLayout.packed36.encode([.sample(7)]), at: 0)
    group.pass(.seconds(60))
    #expect(group.proxies[0].noPeerReason(now: group.now) == nil)
  }

  @Test func reportsRejectedDatagrams() throws {
    var group = Group(count: 1, keys: [try FrameSealTests.ring((1, "a"))])
    group.injectLegacy(RecordLayout.packed36.encode([.sample(7)]), at: 0)
    let reason = group.proxies[0].noPeerReason(now: group.now)
    #expect(reason?.contains("but datagrams were rejected (UNSEALED 1)") == true)
  }

  @Test func reportsFailedSendsAfterFiveSeconds() {
    var group = Group(count: 1)
    group.proxies[0].sending = SendHealth(links: ["ff08::1 on eth2", "ff08::1 on eth3"])
    let start = group.now
    func findings(after seconds: Int) -> [String] { group.proxies[0].status(now: start + .seconds(seconds)).findings }
    group.proxies[0].sending.failed(on: 0, because: "Network is unreachable", now: start)
    #expect(
      group.proxies[0].noPeerReason(now: start)?.hasSuffix("Sends fail (ff08::1 on eth2: Network is unreachable).")
        == true)
    group.proxies[0].sending.failed(on: 0, because: "Network is unreachable", now: start + .seconds(3))
    #expect(findings(after: 4) == [])
    #expect(
      findings(after: 5).map { $0.hasPrefix("Nothing can be sent to ff08::1 on eth2: Network is unreachable.") } == [
        true
      ])
    group.proxies[0].sending.sent(on: 1)
    #expect(
      findings(after: 60) == findings(after: 5), "a send on the other link does not end the finding or change its text")
    group.proxies[0].sending.sent(on: 0)
    #expect(findings(after: 60) == [])
  }
}
