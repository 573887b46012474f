import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SendBudgetTests {
  private let start = ContinuousClock.now

  @Test func letsABurstOutAndThenSoManyPerInterval() {
    var budget = SendBudget()
    budget.pace = .gentle
    let taken = (0..<6).map { budget.take(1000, now: start + .milliseconds(2) * $0) }
    #expect(taken == [8, 0, 0, 1, 0, 1])
    #expect(budget.nextRoom == start + .milliseconds(15))
    let later = budget.take(1000, now: start + .seconds(3600))
    #expect(later == 8, "a pause saves up no more than a burst")
  }

  /// C proxies are sent every frame, and their buffer has room for 92 full ones. One may be there that never spoke; beside one
  /// that did, tables leave even slower.
  @Test(arguments: [(false, 48), (true, 10)])
  func aJoinAndARepairLeaveInBurstsThatAReceiverOfTheCKindHolds(isCProxyKnown: Bool, most: Int) throws {
    var group = Group()
    if isCProxyKnown {
      for index in 0...1 { group.hearLegacy(SyncFormat.packed36.encode([.sample(7)]), at: index) }
    }
    group.announce((0..<30_000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(2))
    group.restart(1, seed: 50)
    if isCProxyKnown { group.hearLegacy(SyncFormat.packed36.encode([.sample(7)]), at: 1) }
    #expect(burst(of: &group, for: .seconds(6)) <= most)
    #expect(group.proxies[1].node?.table.count == 30_000)
    // Two tables that differ.
    let bucket = try #require(group.proxies[1].node?.identity.node)
    group.proxies[0].node?.compare(
      buckets: Array(repeating: 1, count: SyncNode.bucketsPerGroup), of: 0, from: bucket, now: group.now)
    #expect(burst(of: &group, for: .seconds(1)) <= most)
  }

  /// The most frames of a table or a repair in ten milliseconds.
  private func burst(of group: inout Group, for duration: Duration) -> Int {
    var most = 0
    let end = group.now + duration
    while group.now < end {
      let before = group.frames.count
      group.pass(.milliseconds(10))
      let frames = group.frames[before...].compactMap {
        try? SyncFrame(decoding: $0.datagram.span.bytes, pool6: .wellKnown)
      }
      let asked = frames.count { frame in
        switch frame.body {
        case .bulk, .repair: true
        default: false
        }
      }
      most = max(most, asked)
    }
    return most
  }
}
