import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SessionRestorationTests {
  private static let moment = SnapshotMoment(timeOfDay: 1_700_000_000_000, sinceStart: 60_000, start: 99)
  private let now = Instant.now

  /// A snapshot of these sessions, as it is read from a file.
  private func saved(_ sessions: [SessionEntry], limits: SessionLimits = SessionLimits()) throws -> SavedTable {
    let empty = SessionCollection(pool6: .wellKnown, now: now)
    var collection = try #require(empty)
    collection.add(sessions, now: now)
    let snapshot = TableSnapshot(
      group: .default, number: 0, taken: Self.moment, pool6: .wellKnown, limits: limits)
    var encoder = collection.encoder(for: snapshot, now: now)
    var reader = SavedTableReader(now: now)
    while let block = encoder.next() { try reader.read(block.span.bytes) }
    return try reader.finish()
  }

  private func restoration(_ sessions: [SessionEntry]) throws -> SessionRestoration {
    SessionRestoration(try saved(sessions), own: SessionLimits(), now: now)
  }

  private func binding(_ session: SessionEntry, client: UInt16 = 4000, port: UInt16? = nil) -> BIBEntry {
    BIBEntry(
      proto: session.proto, source6: TransportAddress(session.source6.address, client),
      source4: TransportAddress(session.source4.address, port ?? session.source4.port), isStatic: true)
  }

  @Test func givesEverythingInTheModulesOrder() throws {
    let sessions = (0..<50).map { SessionEntry.sample($0, expiration: UInt32(60_000 - $0 * 1000)) }
    var restoration = try restoration(sessions)
    #expect(restoration.remaining == 50)
    var given: [SessionEntry] = []
    while case let some = restoration.next(20, now: now), !some.isEmpty { given += some }
    #expect(given == sessions.reversed())
    for session in given { restoration.confirm(session, now: now) }
    restoration.finish(now: now)
    #expect(restoration.counts.stored == 50)
    #expect(restoration.counts.lost == 0)
  }

  @Test func shortensLivesByTheTimeThatHasPassed() throws {
    let saved = try saved([.sample(1, expiration: 60_000), .sample(2, expiration: 30_000)])
    let later = SnapshotMoment(timeOfDay: 1, sinceStart: 100_000, start: 99)
    var restoration = SessionRestoration(saved, own: SessionLimits(), now: saved.instant(at: later))
    #expect(restoration.counts.expired == 1)
    let given = restoration.next(9, now: saved.instant(at: later))
    #expect(given.map(\.expiration) == [Milliseconds(20_000)])
    // Time passes between the file and the module, too.
    #expect(restoration.next(9, now: saved.instant(at: later) + .seconds(5)).isEmpty)
  }

  @Test func countsNoTimeIfTheClockIsBehind() throws {
    let saved = try saved([.sample(1)])
    #expect(saved.instant(at: SnapshotMoment(timeOfDay: 1, sinceStart: 1, start: 98)) == now)
    // A clock that is centuries ahead ends all sessions, and nothing else.
    let far = saved.instant(at: SnapshotMoment(timeOfDay: .max, sinceStart: 1, start: 98))
    #expect(SessionRestoration(saved, own: SessionLimits(), now: far).counts.expired == 1)
  }

  @Test func excludesWhatTheModuleHas() throws {
    let sessions = (0..<5).map { SessionEntry.sample($0) }
    var restoration = try restoration(sessions)
    restoration.exclude(present: sessions[1], now: now)
    // The same client and server with another mask is another session.
    var other = sessions[2]
    other.source4 = TransportAddress(other.source4.address, 9)
    restoration.exclude(present: other, now: now)
    #expect(restoration.counts.present == 1)
    #expect(restoration.next(9, now: now).count == 4)
  }

  @Test func excludesWhatContradictsABinding() throws {
    let sessions = (0..<5).map { SessionEntry.sample($0) }
    var restoration = try restoration(sessions)
    restoration.exclude(contradicting: binding(sessions[0]))
    #expect(restoration.counts.contradicting == 0)
    restoration.exclude(contradicting: binding(sessions[1], port: 7))
    restoration.exclude(contradicting: binding(sessions[2], client: 7))
    #expect(restoration.counts.contradicting == 2)
    // One binding can contradict two of the file.
    restoration.exclude(
      contradicting: BIBEntry(
        proto: .udp, source6: sessions[3].source6, source4: sessions[4].source4, isStatic: false))
    #expect(restoration.counts.contradicting == 4)
    #expect(restoration.next(9, now: now).map(\.source4) == [sessions[0].source4])
    #expect(restoration.counts.lost == 4)
  }

  @Test func excludesMasksOutsidePool4() throws {
    var restoration = try restoration((0..<5).map { SessionEntry.sample($0) })
    restoration.excludeMasks { mask, proto in mask.port < 1027 && proto == .udp }
    #expect(restoration.counts.outsidePool4 == 2)
    #expect(restoration.next(9, now: now).count == 3)
  }

  @Test func countsWhatTheModuleDoesNotHaveAfterwards() throws {
    let sessions = (0..<5).map { SessionEntry.sample($0, expiration: $0 == 4 ? 100 : 60_000) }
    var restoration = try restoration(sessions)
    #expect(restoration.next(9, now: now).count == 5)
    restoration.confirm(sessions[0], now: now)
    restoration.confirm(.sample(77), now: now)
    restoration.finish(now: now + .seconds(1))
    #expect(restoration.counts.stored == 1)
    #expect(restoration.counts.expired == 1)
    #expect(restoration.counts.missing == 3)
  }

  /// Lives in a module whose timeouts differ from those of the file.
  @Test(
    arguments: [
      // Timeout of UDP in the file and in the module, time left in the file, expected time left.
      (300_000, 300_000, 200_000, 200_000), (300_000, 200_000, 200_000, 100_000), (300_000, 200_000, 100_000, nil),
      (300_000, 600_000, 200_000, 200_000), (300_000, 300_000, 380_000, 375_000),
    ] as [(UInt32, UInt32, UInt32, UInt32?)])
  func fitsLivesToTheModulesTimeouts(theirs: UInt32, own: UInt32, left: UInt32, expected: UInt32?) throws {
    var (saving, restoring) = (SessionLimits(), SessionLimits())
    (saving.udp, restoring.udp) = (Milliseconds(theirs), Milliseconds(own))
    let saved = try saved([.sample(1, expiration: left)], limits: saving)
    var restoration = SessionRestoration(saved, own: restoring, now: now)
    #expect(restoration.next(9, now: now).first?.expiration.rawValue == expected)
    #expect(restoration.counts.expired == (expected == nil ? 1 : 0))
  }

  @Test func givesNoSessionForEver() throws {
    var limits = SessionLimits()
    limits.udp = Milliseconds(.max)
    let saved = try saved([.sample(1, expiration: .max)], limits: limits)
    var restoration = SessionRestoration(saved, own: limits, now: now)
    #expect(try #require(restoration.next(1, now: now).first).expiration.rawValue < 0x8000_0000)
  }
}
