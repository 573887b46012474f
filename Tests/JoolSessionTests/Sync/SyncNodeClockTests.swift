import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SyncNodeClockTests {
  @Test(arguments: [1, 49, 50, 60, 400]) func goesWithTheTimeOfDayForEver(days: Int) throws {
    let start = ContinuousClock.now
    let table = try #require(SessionTable(pool6: .wellKnown, now: start))
    var node = SyncNode(
      identity: SyncSender(node: 1, epoch: 1), table: table, limits: SessionLimits(), seed: 1, isFirst: true, clock: 5,
      now: start)
    let milliseconds = UInt64(days) * 86_400_000
    node.clock = UInt32(truncatingIfNeeded: 5 + milliseconds - 1000)
    #expect(node.nextVersion(now: start + .milliseconds(milliseconds)) == UInt32(truncatingIfNeeded: 5 + milliseconds))
  }
}
