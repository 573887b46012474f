import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SessionTableTests {
  private let start = Instant.now
  private var table: SessionTable

  init() throws { table = try #require(SessionTable(pool6: .wellKnown, now: start)) }

  @Test func findsASessionFromBothSides() {
    var table = table
    let session = SessionEntry.sample(1, proto: .tcp, state: .v6Init, timer: .transitory)
    #expect(table.upsert(session, origin: 2, now: start) == .inserted)
    let stored = SessionTable.Session(entry: session, origin: 2)
    #expect(
      table.session(proto: .tcp, source6: session.source6, destination4: session.destination4, now: start) == stored)
    #expect(
      table.session(proto: .tcp, source4: session.source4, destination4: session.destination4, now: start) == stored)
    #expect(
      table.session(proto: .udp, source6: session.source6, destination4: session.destination4, now: start) == nil)
    let bib = BIBEntry(proto: .tcp, source6: session.source6, source4: session.source4, isStatic: false)
    #expect(table.bibEntry(proto: .tcp, source6: session.source6) == bib)
    #expect(table.bibEntry(proto: .tcp, source4: session.source4) == bib)
  }

  @Test func derivesDestination6FromPool6() {
    var table = table
    var session = SessionEntry.sample(proto: .icmp)
    let expected = session.destination6
    session.destination6 = session.source6
    #expect(table.upsert(session, now: start) == .inserted)
    #expect(table.session(like: session, now: start)?.entry.destination6 == expected)
  }

  @Test func refusesAPool6ThatEmbedsNoAddresses() throws {
    let pool6 = try #require(IPv6Prefix(address: IPv6Address(bits: 0), length: 95))
    #expect(SessionTable(pool6: pool6, now: start) == nil)
  }

  // MARK: The BIB

  @Test func refusesASecondSource4OfASource6() {
    var table = table
    let session = SessionEntry.sample()
    #expect(table.upsert(session, now: start) == .inserted)
    let digest = table.rootDigest
    let bib = BIBEntry(proto: .udp, source6: session.source6, source4: session.source4, isStatic: false)
    var other = session
    other.source4 = SessionEntry.sample(1).source4
    #expect(table.upsert(other, now: start) == .conflict(bib))
    other.destination4 = TransportAddress(other.destination4.address, 80)
    #expect(table.upsert(other, now: start) == .conflict(bib))
    #expect(table.session(like: session, now: start)?.entry == session)
    #expect((table.count, table.bibCount) == (1, 1))
    #expect(table.rootDigest == digest)
  }

  @Test func refusesTheSource4OfAnotherSource6() {
    var table = table
    let session = SessionEntry.sample()
    #expect(table.upsert(session, now: start) == .inserted)
    var other = SessionEntry.sample(1)
    other.source4 = session.source4
    let bib = BIBEntry(proto: .udp, source6: session.source6, source4: session.source4, isStatic: false)
    #expect(table.upsert(other, now: start) == .conflict(bib))
    #expect(table.removeSessions(of: bib) == 1)
    #expect(table.upsert(other, now: start) == .inserted)
    other.proto = .icmp  // Each protocol has its own BIB.
    other.source4 = session.source4
    #expect(table.upsert(other, now: start) == .inserted)
  }

  @Test func aBIBEntryLastsAsLongAsItsLastSession() {
    var table = table
    let sessions = (0..<5).map { number in
      var session = SessionEntry.sample()
      session.destination4 = TransportAddress(session.destination4.address, UInt16(number))
      return session
    }
    for session in sessions { #expect(table.upsert(session, now: start) == .inserted) }
    for session in [sessions[0], sessions[3], sessions[4], sessions[1], sessions[2]] {
      #expect(table.bibCount == 1)
      #expect(table.bibEntry(proto: .udp, source4: session.source4)?.source6 == session.source6)
      let removed = table.remove(
        proto: .udp, source6: session.source6, destination4: session.destination4, now: start)
      #expect(removed?.entry.destination4 == session.destination4)
    }
    #expect(table.bibCount == 0)
    #expect(table.bibEntry(proto: .udp, source4: sessions[0].source4) == nil)
    #expect(table.rootDigest == self.table.rootDigest)
  }

  // MARK: Updates

  @Test func anUpdateReturnsThePreviousSession() {
    var table = table
    let session = SessionEntry.sample(proto: .tcp, state: .v6Init, timer: .transitory, expiration: 240_000)
    #expect(table.upsert(session, version: Version(rawValue: 7), now: start) == .inserted)
    var update = session
    (update.state, update.timer, update.expiration) = (.established, .established, Milliseconds(7_200_000))
    var previous = session
    previous.expiration = Milliseconds(230_000)
    #expect(
      table.upsert(update, origin: 3, version: Version(rawValue: 8), now: start + .seconds(10))
        == .updated(previous: SessionTable.Session(entry: previous, origin: 0, version: Version(rawValue: 7))))
    #expect(
      table.session(like: update, now: start + .seconds(10))
        == SessionTable.Session(entry: update, origin: 3, version: Version(rawValue: 8)))
  }

  @Test func refusesUnknownStatesAndTimers() {
    var table = table
    #expect(table.upsert(.sample(proto: .tcp, state: TCPState(rawValue: 8)), now: start) == .refused)
    #expect(table.upsert(.sample(proto: .tcp, timer: SessionTimer(rawValue: 4)), now: start) == .refused)
    #expect(table.isEmpty)
  }

  // MARK: Digests

  @Test func computesTheSpecifiedDigests() {
    var table = table
    #expect(table.digest(of: 255) == 0)
    let version = Version(rawValue: 0x0102_0304_0506_0708)
    #expect(
      table.upsert(.sample(proto: .tcp, state: .trans, timer: .transitory), version: version, now: start) == .inserted)
    // The expected values were computed from the specification by another program.
    #expect(table.digest(of: 255) == 0xd66e_64b6_2a71_7c7a)
    #expect(table.rootDigest == 0xb5f1_e6b9_014f_0c1d)
    #expect((table.digest(of: -1), table.digest(of: 4096)) == (0, 0))
  }

  @Test func digestsCoverStatesAndVersionsButNotTimesOrOrigins() {
    var (left, right) = (table, table)
    _ = left.upsert(.sample(proto: .tcp, expiration: 1000), origin: 0, now: start)
    _ = right.upsert(.sample(proto: .tcp, expiration: 2000), origin: 7, now: start + .seconds(1))
    #expect(left.rootDigest == right.rootDigest)
    _ = right.upsert(.sample(proto: .tcp, timer: .transitory, expiration: 2000), now: start)
    #expect(left.rootDigest != right.rootDigest)
    _ = right.upsert(.sample(proto: .tcp, expiration: 2000), now: start)
    #expect(left.rootDigest == right.rootDigest)
    _ = right.upsert(.sample(proto: .tcp, expiration: 2000), version: Version(rawValue: 1), now: start)
    #expect(left.rootDigest != right.rootDigest)
  }

  @Test func ordersOnlyTheRequestedBuckets() {
    var table = table
    for number in 0..<1000 { _ = table.upsert(.sample(number), now: start) }
    let wanted = Set((0..<4096).filter { table.digest(of: $0) != 0 }.prefix(100))
    var without = table
    for handle in table.kernelOrder(inBuckets: wanted.contains) {
      guard let entry = table.session(at: handle, now: start)?.entry else { continue }
      _ = without.remove(proto: .udp, source6: entry.source6, destination4: entry.destination4, now: start)
    }
    #expect((0..<4096).allSatisfy { without.digest(of: $0) == (wanted.contains($0) ? 0 : table.digest(of: $0)) })
  }

  // MARK: Order

  @Test func ordersSessionsForTheFastestAdds() {
    var table = table
    for (number, expiration) in [50, 10, 40, 20, 30].enumerated() {
      let expiration = UInt32(expiration * 1000)
      _ = table.upsert(.sample(number, expiration: expiration), now: start)
      _ = table.upsert(.sample(number, proto: .tcp, timer: .transitory, expiration: expiration), now: start)
      _ = table.upsert(.sample(number + 10, proto: .tcp, expiration: expiration), now: start)
    }
    let order = table.kernelOrder()
    var expected: [SessionEntry] = []
    table.forEach(now: start) { expected.append($0.entry) }
    expected = SortedSessions(expected).allSorted()
    #expect(order.compactMap { table.session(at: $0, now: start)?.entry } == expected)
    // Handles of removed sessions find nothing.
    table.expire(now: start + .seconds(25))
    #expect(order.compactMap { table.session(at: $0, now: start) }.count == 9)
    table.removeAll()
    #expect(order.allSatisfy { table.session(at: $0, now: start) == nil })
  }

  @Test func isUsableAfterRemoveAll() {
    var table = table
    for number in 0..<5000 { _ = table.upsert(.sample(number), now: start) }
    table.expire(now: start + .seconds(59))
    table.removeAll()
    #expect((table.count, table.bibCount, table.nextDeadline) == (0, 0, nil))
    #expect(table.rootDigest == self.table.rootDigest)
    #expect(table.upsert(.sample(), now: start + .seconds(59)) == .inserted)
    #expect(table.expire(now: start + .seconds(118)) == 0)
    #expect(table.expire(now: start + .seconds(119)) == 1)
  }

  @Test func aRowFitsACacheLine() { #expect(MemoryLayout<SessionRow>.stride == 64) }
}
