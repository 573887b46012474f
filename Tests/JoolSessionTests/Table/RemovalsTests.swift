import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Removals in the table.
@Suite struct RemovalsTests {
  private let start = Instant.now

  private func table() throws -> SessionTable { try #require(SessionTable(pool6: .wellKnown, now: start)) }

  /// A session of client 0 with one of some servers, which all have the same mapping.
  static func session(_ server: UInt16 = 0) -> SessionEntry {
    var session = SessionEntry.sample(0)
    session.destination4 = TransportAddress(session.destination4.address, 443 + server)
    session.destination6 = TransportAddress(session.destination6.address, 443 + server)
    return session
  }

  static func removal(version: UInt64, left: UInt32 = 375_000) -> Removal {
    Removal(
      entry: session().bibEntry, version: Version(rawValue: version), memory: Milliseconds(375_000),
      left: Milliseconds(left))
  }

  static func record(_ server: UInt16, version: UInt64) -> SyncRecord {
    SyncRecord(session: session(server), version: Version(rawValue: version))
  }

  @Test func endsTheSessionsThatAreNotNewer() throws {
    var table = try table()
    for (server, version) in [(UInt16(0), UInt64(10)), (1, 20), (2, 30)] {
      _ = table.merge(Self.record(server, version: version), origin: 1, now: start)
    }
    let other = SessionEntry.sample(1)
    _ = table.upsert(other, version: Version(rawValue: 5), now: start)
    #expect(table.remember(Self.removal(version: 20), now: start) == .taken(ended: [Self.session().bibEntry]))
    #expect(table.count == 2)
    #expect(table.session(like: Self.session(2), now: start) != nil)
    #expect(table.session(like: other, now: start) != nil)
    #expect(table.removalCount == 1)
  }

  @Test func refusesOlderRecordsAndTakesNewerOnes() throws {
    var table = try table()
    #expect(table.remember(Self.removal(version: 20), now: start) == .taken(ended: []))
    #expect(table.merge(Self.record(0, version: 20), origin: 1, now: start) == .outdated)
    #expect(table.upsert(Self.session(), version: Version(rawValue: 19), now: start) == .ended)
    #expect(table.upsert(Self.session(), version: .unassigned, now: start) == .ended)
    #expect(table.isEmpty)
    #expect(table.upsert(Self.session(), version: Version(rawValue: 21), now: start) == .inserted)
    #expect(table.merge(Self.record(1, version: 20), origin: 1, now: start) == .outdated)
    #expect(table.count == 1)
  }

  @Test func everyOrderEndsEqual() throws {
    enum Word { case record(SyncRecord), removal(Removal) }
    let words: [Word] = [
      .record(Self.record(0, version: 10)), .record(Self.record(1, version: 40)),
      .removal(Self.removal(version: 20)), .removal(Self.removal(version: 30)), .record(Self.record(2, version: 25)),
    ]
    var roots: Set<UInt64> = []
    for first in words.indices {
      for step in 1..<words.count where words.count % step != 0 || step == 1 {
        var table = try table()
        for index in words.indices {
          switch words[(first + index * step) % words.count] {
          case .record(let record): _ = table.merge(record, origin: 1, now: start)
          case .removal(let removal): _ = table.remember(removal, now: start)
          }
        }
        #expect(table.count == 1)
        roots.insert(table.rootDigest)
      }
    }
    #expect(roots.count == 1)
  }

  @Test func theNewerRemovalCounts() throws {
    var table = try table()
    _ = table.remember(Self.removal(version: 20), now: start)
    #expect(table.remember(Self.removal(version: 10), now: start) == .outdated)
    #expect(table.remember(Self.removal(version: 20, left: 100_000), now: start) == .repeated)
    let left = table.removal(proto: .udp, source6: Self.session().source6, now: start)?.left
    #expect(left == Milliseconds(100_000))
    #expect(table.remember(Self.removal(version: 30), now: start) == .taken(ended: []))
    #expect(table.removalCount == 1)
  }

  @Test func isForgottenAfterItsTime() throws {
    var table = try table()
    _ = table.upsert(.sample(1, expiration: 600_000), now: start)
    let former = table.rootDigest
    _ = table.remember(Self.removal(version: 20), now: start)
    #expect(table.rootDigest != former)
    let bucket = SessionDigest.bucket(ofIdentity: SessionDigest.identity(SessionRow(Self.removal(version: 20))))
    #expect(table.digest(of: bucket) != 0)
    #expect(table.nextDeadline.map { $0 <= start + .seconds(375) } == true)
    table.expire(now: start + .seconds(374))
    #expect(table.removalCount == 1)
    table.expire(now: start + .seconds(376))
    #expect(table.removalCount == 0)
    #expect(table.rootDigest == former)
    #expect(table.merge(Self.record(0, version: 20), origin: 1, now: start + .seconds(376)) != .outdated)
  }

  @Test func isInTransfers() throws {
    var table = try table()
    _ = table.upsert(.sample(1), version: Version(rawValue: 5), now: start)
    _ = table.remember(Self.removal(version: 20), now: start)
    let records = table.transferOrder().compactMap { table.record(at: $0, now: start + .seconds(5)) }
    #expect(records.count == 2)
    #expect(records[0].removal?.left == Milliseconds(370_000))
    #expect(records[0].removal?.age == 5000)
    #expect(records[1].removal == nil)
    let bucket = SessionDigest.bucket(ofIdentity: SessionDigest.identity(SessionRow(Self.removal(version: 20))))
    #expect(table.transferOrder { $0 == bucket }.compactMap { table.record(at: $0, now: start) }.count == 1)
    #expect(table.kernelOrder().count == 1)
    let handle = table.transferOrder()[0]
    table.expire(now: start + .seconds(400))
    #expect(table.record(at: handle, now: start + .seconds(400)) == nil)
    #expect(table.session(at: handle, now: start) == nil)
  }

  @Test func isBounded() throws {
    var table = try table()
    var removal = Self.removal(version: 1)
    for number in 0..<Removals.capacity {
      removal.entry = SessionEntry.sample(number).bibEntry
      _ = table.remember(removal, now: start)
    }
    #expect(table.removalCount == Removals.capacity)
    removal.entry = SessionEntry.sample(Removals.capacity).bibEntry
    #expect(table.remember(removal, now: start) == .refused)
    // The client of a removal that is remembered may be removed again.
    removal.entry = SessionEntry.sample(7).bibEntry
    removal.version = Version(rawValue: 2)
    #expect(table.remember(removal, now: start) == .taken(ended: []))
    table.expire(now: start + .seconds(376))
    #expect(table.removalCount == 0)
    #expect(table.rootDigest == 0)
  }
}
