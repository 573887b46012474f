import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SavedTableTests {
  private let now = Instant.now

  private func snapshot(pool4: [MaskRange] = []) -> TableSnapshot {
    TableSnapshot(
      group: .default, number: 0, taken: SnapshotMoment(timeOfDay: 9, sinceStart: 9, start: 9), pool6: .wellKnown,
      limits: SessionLimits(), pool4: pool4)
  }

  private func bytes(_ sessions: [SessionEntry]) throws -> [UInt8] {
    let empty = SessionCollection(pool6: .wellKnown, now: now)
    var collection = try #require(empty)
    collection.add(sessions, now: now)
    var encoder = collection.encoder(for: snapshot(), now: now)
    var bytes: [UInt8] = []
    while let block = encoder.next() { bytes += block }
    return bytes
  }

  private func read(_ bytes: [UInt8], piece: Int = .max) throws(SnapshotError) -> SavedTable {
    var reader = SavedTableReader(now: now)
    var rest = bytes[...]
    while !rest.isEmpty {
      try reader.read(Array(rest.prefix(piece)).span.bytes)
      rest = rest.dropFirst(piece)
    }
    return try reader.finish()
  }

  @Test(arguments: [7, 4096, .max]) func hasTheSessionsOfTheFile(piece: Int) throws {
    let saved = try read(try bytes((0..<200).map { .sample($0) }), piece: piece)
    #expect(saved.table.count == 200)
    #expect(saved.snapshot.count == 200)
    for number in 0..<200 {
      let sample = SessionEntry.sample(number)
      let found = saved.table.session(
        proto: .udp, source6: sample.source6, destination4: sample.destination4, now: saved.taken)
      #expect(found?.entry == sample)
    }
  }

  @Test func refusesEveryFileThatIsNotWhole() throws {
    let good = try bytes((0..<20).map { .sample($0) })
    for count in 0..<good.count {
      #expect(throws: SnapshotError.self, "\(count) bytes") { try read(Array(good.prefix(count))) }
    }
    for index in good.indices {
      var bad = good
      bad[index] ^= 0x10
      #expect(throws: SnapshotError.self, "byte \(index)") { try read(bad) }
    }
    #expect(throws: SnapshotError.tooLong) { try read(good + [0]) }
    #expect(throws: SnapshotError.notSnapshot) { try read(Array("{\"instance\": \"default\"}".utf8)) }
  }

  /// A page of a table that has changed since the page before.
  @Test func keepsTheLaterOneOfSessionsThatContradict() throws {
    let empty = SessionCollection(pool6: .wellKnown, now: now)
    var collection = try #require(empty)
    collection.add([.sample(1), .sample(2), .sample(3)], now: now)
    var rival = SessionEntry.sample(1)
    rival.source4 = SessionEntry.sample(2).source4
    collection.add([rival], now: now)
    // Both the client's former mask and the mask's former client are gone.
    #expect(collection.count == 2)
    collection.add([rival], now: now)
    #expect(collection.count == 2)
  }

  @Test func leavesOutWhatHasExpired() throws {
    let empty = SessionCollection(pool6: .wellKnown, now: now)
    var collection = try #require(empty)
    collection.add([.sample(1, expiration: 0), .sample(2, expiration: 5000)], now: now)
    var encoder = collection.encoder(for: snapshot(), now: now + .seconds(1))
    #expect(encoder.snapshot.count == 1)
    _ = encoder.next()
  }

  @Test func hasTheRangesOfPool4AsPrefixes() throws {
    func entries(_ addresses: ClosedRange<UInt32>) -> [String] {
      let range = MaskRange(mark: 3, proto: .tcp, addresses: addresses, ports: 5...9)
      return ModuleProfile(snapshot(pool4: [range])).pool4.map { "\($0.prefix)" }
    }
    #expect(entries(0xC000_0201...0xC000_0201) == ["192.0.2.1/32"])
    #expect(entries(0xC000_0201...0xC000_0206) == ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/31", "192.0.2.6/32"])
    #expect(entries(0...UInt32.max) == ["0.0.0.0/0"])
    #expect(entries(1...UInt32.max).count == 32)
    #expect(entries(0...5) == ["0.0.0.0/30", "0.0.0.4/31"])
  }
}
