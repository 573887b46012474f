import JoolCore
import Testing

@testable import JoolSession

@Suite struct HybridClockTests {
  private let start = Instant.now

  @Test(arguments: [1, 49, 50, 60, 400]) func followsTheTimeOfDayForDays(days: Int) {
    let milliseconds = UInt64(days) * 86_400_000
    var clock = HybridClock(time: 5, tag: 7, now: start)
    for day in 1...days { clock.note(Version(milliseconds: UInt64(day) * 86_400_000 - 1000, tag: 3)) }
    let version = clock.next(now: start + .milliseconds(milliseconds))
    #expect(version == Version(milliseconds: 5 + milliseconds, tag: 7))
  }

  @Test func isLaterThanReceivedVersions() {
    var clock = HybridClock(time: 1000, tag: 7, now: start)
    let received = Version(milliseconds: 5000, tag: 9)
    clock.note(received)
    clock.note(Version(milliseconds: 4000, tag: 9))
    #expect(clock.latest == received)
    let next = clock.next(now: start)
    #expect(next > received && next.milliseconds == 5000 && next.tag == 7)
    #expect(clock.latest == next)
    #expect(clock.next(now: start + .seconds(60)) == Version(milliseconds: 61_000, tag: 7))
  }

  @Test func neverIssuesAVersionTwice() {
    var clock = HybridClock(time: 1000, tag: 1023, now: start)
    var latest = clock.latest
    for _ in 0..<3000 {
      let next = clock.next(now: start)
      #expect(next > latest && next.tag == 1023)
      latest = next
    }
    #expect(latest.milliseconds == 1002, "1,024 fit a millisecond")
  }

  @Test func nodesWithDifferentTagsNeverAssignEqualVersions() {
    var clocks = (0..<4).map { HybridClock(time: 1000, tag: UInt16($0) * 300, now: start) }
    var assigned: Set<Version> = []
    for round in 0..<1000 {
      for index in clocks.indices {
        let version = clocks[index].next(now: start + .milliseconds(round / 10))
        let isNew = assigned.insert(version).inserted
        #expect(isNew)
        if round % 3 == 0 { for other in clocks.indices { clocks[other].note(version) } }
      }
    }
    clocks[0].use(tag: 5)
    #expect(clocks[0].next(now: start).tag == 5)
  }

  @Test func agesOfManyDaysGiveOlderVersions() {
    let day: UInt32 = 86_400_000
    let now = start + .seconds(3)
    for days: UInt32 in 1...49 {
      var clock = HybridClock(time: SyncNode.sampleTime, tag: 7, now: start)
      let assigned = clock.next(now: now)
      let version = clock.version(age: Milliseconds(days * day), now: now)
      #expect(version < assigned)
      #expect(version == Version(milliseconds: SyncNode.sampleTime + 3000 - UInt64(days * day), tag: 7))
      #expect(version > clock.version(age: Milliseconds(days * day + 1), now: now))
    }
  }

  @Test func aVersionIsNeverLaterThanItsClock() {
    for tag: UInt16 in [0, 7, 1023] {
      var clock = HybridClock(time: 1_000_000, tag: tag, now: start)
      clock.note(Version(milliseconds: 1_002_000, tag: 500))
      for age: UInt32 in [0, 1, 999, 7999, 8000, 8001, 5_000_000] {
        let version = clock.version(age: Milliseconds(age), now: start + .seconds(10))
        #expect(version <= clock.latest && version.tag == tag)
        #expect(version < clock.next(now: start + .seconds(10)))
        clock = HybridClock(time: 1_000_000, tag: tag, now: start)
        clock.note(Version(milliseconds: 1_002_000, tag: 500))
      }
    }
  }

  /// The largest version that a frame can contain must not stop a clock.
  @Test func keepsWorkingAtTheLargestVersion() {
    var clock = HybridClock(time: .max, tag: 7, now: start)
    clock.note(Version(rawValue: Version.limit - 1))
    #expect(clock.next(now: start).rawValue == Version.limit - 1)
    #expect(clock.next(now: start + .seconds(1)).rawValue == Version.limit - 1)
    #expect(clock.version(age: Milliseconds(1), now: start).rawValue < Version.limit)
  }
}
