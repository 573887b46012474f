import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The records that a node makes.
@Suite struct LocalRecordsTests {
  private let start = Instant.now

  private func records() -> LocalRecords { LocalRecords(clock: HybridClock(time: 1_000_000, tag: 5, now: start)) }

  @Test func aNewRecordIsNewerThanAllReceivedOnes() {
    var records = records()
    let received = Version(milliseconds: 2_000_000, tag: 9)
    records.received(SyncRecord(session: .sample(1), version: received))
    let version = records.version(age: 0, pausedSince: nil, now: start)
    #expect(version > received && version.tag == 5)
  }

  @Test func aSessionThatWasIdleGetsAnOlderVersion() {
    var records = records()
    let latest = records.version(age: 0, pausedSince: nil, now: start + .seconds(60))
    let version = records.version(age: 5000, pausedSince: nil, now: start + .seconds(60))
    #expect((latest.milliseconds, version.milliseconds) == (1_060_000, 1_055_000))
  }

  /// A peer may have sent a newer record since the pause began.
  @Test func anAnnouncementDuringAPauseIsAsOldAsThePause() {
    var records = records()
    let version = records.version(age: 0, pausedSince: start + .seconds(57), now: start + .seconds(60))
    #expect(version.milliseconds == 1_057_000)
  }

  @Test func aPeersRecordReplacesAWaitingSessionOfACProxy() {
    var records = records()
    records.legacySessions.add(.sample(1, expiration: 100_000), rank: 1, now: start)
    records.legacySessions.add(.sample(2, expiration: 100_000), rank: 1, now: start)
    records.received(SyncRecord(session: .sample(1, expiration: 100_000), version: Version(rawValue: 1)))
    let due = records.legacySessions.takeDue(now: start + .milliseconds(50))
    #expect(due.map(\.source6) == [SessionEntry.sample(2).source6])
  }

  @Test func aNodeThatSleptDropsTheSessionsOfCProxies() {
    var records = records()
    records.legacySessions.add(.sample(1, expiration: 100_000), rank: 1, now: start)
    records.slept()
    #expect(records.legacySessions.deadline == nil)
  }
}
