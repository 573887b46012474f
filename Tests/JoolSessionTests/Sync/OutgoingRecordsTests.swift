import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct OutgoingRecordsTests {
  private let now = Instant.now
  private let table: SessionTable

  init() throws {
    table = try #require(SessionTable(pool6: .wellKnown, now: now))
  }

  private func record(_ number: Int, version: UInt64) -> SyncRecord {
    SyncRecord(session: .sample(number), version: Version(rawValue: version))
  }

  @Test func sendsTheLatestChangeOfASessionOnce() {
    var outgoing = OutgoingRecords()
    outgoing.add(record(1, version: 1))
    outgoing.add(record(2, version: 2))
    outgoing.add(record(1, version: 3))
    #expect(outgoing.dueCount == 2)
    #expect(outgoing.take(from: table, now: now).map(\.version.rawValue) == [3, 2])
    #expect(outgoing.take(from: table, now: now).isEmpty)
  }

  @Test func replacesAWaitingChangeByARefreshOfTheSameSession() {
    var outgoing = OutgoingRecords()
    outgoing.add(record(1, version: 1))
    let isRefresh = outgoing.add(record(1, version: 2), isRefresh: true)
    #expect(!isRefresh)
    #expect(outgoing.take(from: table, now: now).map(\.version.rawValue) == [2])
  }

  @Test func sendsRefreshesAsTheTableHasThem() {
    var table = table
    var outgoing = OutgoingRecords()
    outgoing.add(record(1, version: 1), isRefresh: true)
    outgoing.add(record(2, version: 2), isRefresh: true)
    _ = table.upsert(.sample(2), version: Version(rawValue: 9), now: now)
    #expect(outgoing.take(from: table, now: now).map(\.version.rawValue) == [9], "the other one has ended")
  }

  @Test func keepsRefreshesWhileTheNetworkIsCongested() {
    var table = table
    _ = table.upsert(.sample(1), version: Version(rawValue: 5), now: now)
    var outgoing = OutgoingRecords()
    outgoing.note(isCongested: true)
    outgoing.add(record(1, version: 5), isRefresh: true)
    outgoing.add(record(2, version: 6))
    #expect(outgoing.dueCount == 1)
    #expect(outgoing.take(from: table, now: now).map(\.version.rawValue) == [6])
    outgoing.note(isCongested: false)
    #expect(outgoing.take(from: table, now: now).map(\.version.rawValue) == [5])
  }
}
