import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SessionGatherTests {
  private let start = ContinuousClock.now

  @Test func handsABurstOnInAscendingOrderPerProtocolAndTimer() {
    var gather = SessionGather()
    let expirations: [UInt32] = [50, 10, 40, 20, 30]
    for (number, expiration) in expirations.enumerated() {
      _ = gather.insert(.sample(number, expiration: expiration), now: start)
      _ = gather.insert(.sample(number, proto: .tcp, timer: .transitory, expiration: expiration), now: start)
      _ = gather.insert(.sample(number + 10, proto: .tcp, expiration: expiration), now: start)
    }
    let sorted = gather.take().allSorted()
    #expect(sorted.map(\.proto) == Array(repeating: .tcp, count: 10) + Array(repeating: .udp, count: 5))
    #expect(
      sorted.map(\.timer.rawValue) == Array(repeating: 0, count: 5) + Array(repeating: 1, count: 5)
        + Array(repeating: 0, count: 5))
    #expect(sorted.map(\.expiration.rawValue) == [10, 20, 30, 40, 50, 10, 20, 30, 40, 50, 10, 20, 30, 40, 50])
    #expect(gather.isEmpty)
  }

  @Test func keepsTheLaterOfTwoRecordsOfASession() {
    var gather = SessionGather()
    let later = SessionEntry.sample(proto: .tcp, state: .trans, timer: .transitory, expiration: 240_000)
    let replaced = [
      gather.insert(.sample(proto: .tcp, state: .established, expiration: 7_200_000), now: start),
      gather.insert(later, now: start),
    ]
    #expect(replaced == [false, true])
    let sessions = gather.take().allSorted()
    #expect(sessions == [later])
  }

  @Test func waitsForAPauseButNotForEver() {
    var gather = SessionGather()
    #expect(gather.deadline == nil)
    _ = gather.insert(.sample(0), now: start)
    #expect(gather.deadline == start + SessionGather.quiet)
    // A trickle that never pauses.
    _ = gather.insert(.sample(1), now: start + .milliseconds(95))
    #expect(gather.deadline == start + SessionGather.trickleLimit)
    // A burst that never pauses.
    for number in 2..<SessionGather.trickleCount { _ = gather.insert(.sample(number), now: start + .milliseconds(95)) }
    #expect(gather.deadline == start + .milliseconds(95) + SessionGather.quiet)
    _ = gather.insert(.sample(1), now: start + .seconds(3.99))
    #expect(gather.deadline == start + SessionGather.burstLimit)
  }
}
