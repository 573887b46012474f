import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct TableSnapshotTests {
  private static let moment = SnapshotMoment(timeOfDay: 1_700_000_000_000, sinceStart: 60_000, start: 99)
  private let now = Instant.now

  private func table(_ count: Int) throws -> SessionTable {
    var table = try #require(SessionTable(pool6: .wellKnown, now: now))
    for number in 0..<count {
      let session = SessionEntry.sample(
        number, proto: number % 2 == 0 ? .tcp : .icmp, expiration: 60_000 + UInt32(number) * 10)
      _ = table.upsert(session, origin: 3, version: Version(milliseconds: UInt64(number) + 1, tag: 7), now: now)
    }
    return table
  }

  private func snapshot() -> TableSnapshot {
    let range = MaskRange(mark: 1, proto: .udp, addresses: 7...9, ports: 61_001...65_535)
    return TableSnapshot(
      group: .default, number: 12, taken: Self.moment, pool6: .wellKnown, limits: SessionLimits(), pool4: [range])
  }

  private func bytes(of table: SessionTable) -> [UInt8] {
    var encoder = SnapshotEncoder(snapshot(), of: table, now: now)
    var bytes: [UInt8] = []
    while let block = encoder.next() { bytes += block }
    return bytes
  }

  private func decode(
    _ bytes: [UInt8], piece: Int = .max
  ) throws(SnapshotError) -> (TableSnapshot?, [SessionTable.Session]) {
    var decoder = SnapshotDecoder()
    var sessions: [SessionTable.Session] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      try decoder.read(Array(rest.prefix(piece)).span.bytes) { if case .session(let one) = $0 { sessions.append(one) } }
      rest = rest.dropFirst(piece)
    }
    try decoder.finish()
    return (decoder.snapshot, sessions)
  }

  @Test(arguments: [1, 13, 4096, .max]) func readsWhatWasWritten(piece: Int) throws {
    let table = try table(300)
    let (read, sessions) = try decode(bytes(of: table), piece: piece)
    var expected = snapshot()
    expected.count = 300
    #expect(read == expected)
    var copy = try #require(SessionTable(pool6: .wellKnown, now: now))
    for session in sessions { _ = copy.upsert(session.entry, version: session.version, now: now) }
    #expect(copy.rootDigest == table.rootDigest)
    let lives = sessions.map(\.entry.expiration.rawValue).sorted()
    #expect(lives == (0..<300).map { 60_000 + $0 * 10 })
  }

  @Test func hasTheTableAsItWasAtTheBeginning() throws {
    var table = try table(1000)
    var encoder = SnapshotEncoder(snapshot(), of: table, now: now)
    let expected = table.rootDigest
    var bytes = encoder.next() ?? []
    table.removeAll()
    for number in 0..<2000 { _ = table.upsert(.sample(5000 + number), now: now) }
    while let block = encoder.next() { bytes += block }
    var copy = try #require(SessionTable(pool6: .wellKnown, now: now))
    for session in try decode(bytes).1 { _ = copy.upsert(session.entry, version: session.version, now: now) }
    #expect(copy.rootDigest == expected)
  }

  @Test func writesAnEmptyTable() throws {
    let (read, sessions) = try decode(bytes(of: table(0)))
    #expect(read?.count == 0)
    #expect(sessions.isEmpty)
  }

  @Test func refusesEveryTruncationAndEveryAddition() throws {
    let bytes = bytes(of: try table(5))
    for count in bytes.indices { #expect(throws: SnapshotError.truncated) { try decode(Array(bytes[..<count])) } }
    #expect(throws: SnapshotError.tooLong) { try decode(bytes + [0]) }
  }

  @Test func refusesEveryFlippedBit() throws {
    let bytes = bytes(of: try table(5))
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(throws: SnapshotError.self, "bit \(bit) of byte \(index)") { try decode(damaged) }
      }
    }
  }

  @Test func tellsWhatTheFileIs() throws {
    #expect(throws: SnapshotError.notSnapshot) { try decode(Array("{\"instance\": \"default\"}".utf8)) }
    var newer = bytes(of: try table(1))
    newer[11] = 3
    #expect(throws: SnapshotError.otherFormat(3)) { try decode(newer) }
  }

  @Test func keepsRemovals() throws {
    var table = try table(3)
    let removal = Removal(
      entry: SessionEntry.sample(77).bibEntry, version: Version(rawValue: 9), memory: Milliseconds(375_000),
      left: Milliseconds(300_000))
    _ = table.remember(removal, now: now)
    var reader = SavedTableReader(now: now)
    try reader.read(bytes(of: table).span.bytes)
    let saved = try reader.finish()
    #expect(saved.snapshot.count == 3)
    #expect(saved.snapshot.removals == 1)
    #expect(saved.table.rootDigest == table.rootDigest)
    #expect(saved.table.allRemovals(now: now) == [removal])
  }

  /// A file of a release without removals: its header lacks their number.
  @Test func readsTheFormatWithoutRemovals() throws {
    let table = try table(3)
    var older = bytes(of: table)
    older.removeLast(TableSnapshot.checksumSize)
    older[11] = 1
    older[15] -= 8
    older.removeSubrange(120..<128)
    var sum = Checksum()
    sum.add(older.span.bytes)
    let (read, sessions) = try decode(older + sum.bytes)
    #expect(read?.count == 3)
    #expect(read?.removals == 0)
    #expect(read?.pool4 == snapshot().pool4)
    #expect(sessions.count == 3)
  }

  @Test func refusesTheSnapshotOfAnotherGroup() throws {
    let mirror = SessionProxy(
      instance: .default, seed: 1, mirror: MirrorSettings(pool6: IPv6Prefix("64:ff9b:1::/96")))
    var snapshot = snapshot()
    #expect(throws: SnapshotError.otherPool6(.wellKnown)) { try mirror.check(snapshot) }
    snapshot.group = try #require(InstanceName("campus"))
    #expect(throws: SnapshotError.otherGroup(snapshot.group)) { try mirror.check(snapshot) }
  }

  @Test func measuresTimeByTheClockThatKnowsIt() {
    var later = Self.moment
    later.sinceStart += 5000
    later.timeOfDay += 3_600_000  // the clock was set
    #expect(Self.moment.elapsed(to: later) == .known(5000))
    later.start = 100
    #expect(Self.moment.elapsed(to: later) == .known(3_600_000))
    later.timeOfDay = 0
    #expect(Self.moment.elapsed(to: later) == .clockIsBehind)
    var unknown = Self.moment
    unknown.start = 0
    #expect(unknown.elapsed(to: unknown) == .known(0))
  }
}
