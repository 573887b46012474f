import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct TableTransferTests {
  private let start = Instant.now

  @Test func sendsEverySessionOnceInOrderAndPaced() {
    let sessions = (0..<5000).map { SessionEntry.sample($0, expiration: 60_000 + UInt32(($0 * 7919) % 5000) * 100) }
    var transfer = TableTransfer(SortedSessions(sessions), base: start)
    var given: [SessionEntry] = []
    var now = start
    while !transfer.isFinished {
      let burst = transfer.nextBurst(now: now)
      #expect(burst.count <= TableTransfer.sessionsPerBurst)
      given += burst
      let early = transfer.nextBurst(now: now)
      #expect(early.isEmpty, "the next burst must wait")
      now = transfer.deadline
    }
    #expect(given.count == 5000)
    #expect(Set(given.map(SessionKey.init)).count == 5000)
    #expect(given.map(\.expiration) == given.map(\.expiration).sorted())
  }

  @Test func shortensExpirationsWhileSessionsWait() {
    var transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), base: start)
    let soon = transfer.nextBurst(now: start + .seconds(4))
    #expect(soon.map(\.expiration.rawValue) == [6000])
    transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), base: start)
    let late = transfer.nextBurst(now: start + .seconds(40))
    #expect(late.map(\.expiration.rawValue) == [1], "only the module may report the end of a session")
  }
}
