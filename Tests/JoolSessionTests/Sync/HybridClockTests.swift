import Testing

@testable import JoolSession

@Suite struct HybridClockTests {
  private let start = ContinuousClock.now

  @Test(arguments: [1, 49, 50, 60, 400]) func goesWithTheTimeOfDayForEver(days: Int) {
    let milliseconds = UInt64(days) * 86_400_000
    var clock = HybridClock(time: 5, now: start)
    for day in 1...days { clock.note(UInt32(truncatingIfNeeded: UInt64(day) * 86_400_000 - 1000)) }
    #expect(clock.next(now: start + .milliseconds(milliseconds)) == UInt32(truncatingIfNeeded: 5 + milliseconds))
  }

  @Test func isLaterThanWhatWasHeardWhateverTheTime() {
    var clock = HybridClock(time: 1000, now: start)
    clock.note(5000)
    clock.note(4000)
    #expect(clock.latest == 5000)
    #expect(clock.next(now: start) == 5001)
    #expect(clock.next(now: start + .seconds(60)) == 61_000)
  }
}
