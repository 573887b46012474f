import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SendBudgetTests {
  private let start = Instant.now

  @Test func admitsABurstAndThenALimitedRate() {
    var budget = SendBudget()
    budget.pace = .gentle
    var taken: [Int] = []
    for moment in (0..<6).map({ start + .milliseconds(2) * $0 }) + [start + .seconds(3600)] {
      taken.append((0..<1000).count { _ in budget.admit(bytes: 100, to: 1, now: moment) })
    }
    #expect(taken == [8, 0, 0, 1, 0, 1, 8], "a pause accumulates no more than a burst")
  }

  /// Three peers request more than the budget, one of them ten times as often.
  @Test func limitsEachPeerToItsShare() {
    var budget = SendBudget()
    var given: [UInt64: Int] = [:]
    var now = start
    while now < start + .seconds(2) {
      now += .microseconds(100)
      for peer: UInt64 in [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3] where budget.admit(bytes: 1400, to: peer, now: now) {
        given[peer, default: 0] += 1400
      }
    }
    for peer: UInt64 in 1...3 {
      #expect(given[peer, default: 0] <= 2 * SendBudget.peerRate + SendBudget.peerBurst)
      #expect(given[peer, default: 0] >= 4_000_000)
    }
    #expect(given.values.reduce(0, +) <= 2 * SendBudget.rate + SendBudget.burst)
  }

  @Test func tablesAndRetransmissionsShareTheBuckets() throws {
    var budget = SendBudget()
    budget.repeatPace = SendPace(frames: 1000, burst: 1000)
    let repeated = (0..<1000).count { _ in budget.admit(repeated: 1400, to: 1, now: start) }
    #expect(repeated == SendBudget.peerBurst / 1400)
    let admitted = [1, 2].map { budget.admit(bytes: 1400, to: $0, now: start) }
    #expect(admitted == [false, true])
    let next = try #require(budget.nextRoom(to: [1]))
    #expect(next > start && next <= start + .nanoseconds(125 * 1452))
    let isThere = budget.admit(bytes: 1452, to: 1, now: next)
    #expect(isThere)
    #expect(try #require(budget.nextRoom(to: [1])) > next)
    #expect(try #require(budget.nextRoom(to: [1, 2])) <= start, "the other peer need not wait")
    #expect(budget.nextRoom(to: []) == nil)
  }

  @Test func refusedDatagramsCostNothing() {
    var budget = SendBudget()
    budget.pace = .gentle
    let admitted = (0..<1000).count { _ in budget.admit(bytes: 1400, to: 1, now: start) }
    #expect(admitted == 8)
    let repeated = (0..<1000).count { _ in budget.admit(repeated: 1400, to: 1, now: start) }
    #expect(repeated == 256, "the 992 refused table frames took nothing from the bucket")
  }

  /// C proxies receive every frame, and their socket buffer has room for 92 full ones.
  ///
  /// A C proxy may be present that has never sent anything. If one has, tables are sent even slower.
  @Test(arguments: [(false, 92), (true, 10)])
  func sendsTablesAndRepairsInBurstsThatACProxyCanBuffer(isCProxyKnown: Bool, most: Int) throws {
    var group = Group()
    if isCProxyKnown {
      for index in 0...1 { group.injectLegacy(RecordLayout.packed36.encode([.sample(7)]), at: index) }
    }
    group.announce((0..<30_000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(2))
    group.restart(1, seed: 50)
    if isCProxyKnown { group.injectLegacy(RecordLayout.packed36.encode([.sample(7)]), at: 1) }
    #expect(burst(of: &group, for: .seconds(6)) <= most)
    #expect(group.proxies[1].node?.table.count == 30_000)
    // Two different tables are compared.
    let peer = try #require(group.proxies[1].node?.identity)
    group.proxies[0].node?.compare(
      groups: Array(repeating: 1, count: TableComparison.groups), first: 0, from: peer, now: group.now)
    #expect(burst(of: &group, for: .seconds(1)) <= most)
  }

  /// The largest number of table and repair frames in ten milliseconds.
  private func burst(of group: inout Group, for duration: TimeAmount) -> Int {
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
        case .bulk, .buckets: true
        default: false
        }
      }
      most = max(most, asked)
    }
    return most
  }
}
