import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Records lead to the same tables in any order of arrival.
@Suite struct RecordOrderTests {
  private static let start = Instant.now

  /// A session of one of two clients that compete for two masks.
  private static func session(client: Int, mask: Int, state: TCPState = .established) -> SessionEntry {
    var session = SessionEntry.sample(client, proto: .tcp, state: state, expiration: 300_000)
    session.source4 = SessionEntry.sample(mask).source4
    return session
  }

  private static func record(_ session: SessionEntry, version: UInt64, left: UInt32 = 300_000) -> SyncRecord {
    var session = session
    session.expiration = Milliseconds(left)
    return SyncRecord(session: session, version: Version(rawValue: version))
  }

  /// Four records on two masks, of two clients; in some lists all versions differ, in others some are equal.
  private static let words: [[SyncRecord]] = [
    [
      record(session(client: 0, mask: 0), version: 10), record(session(client: 1, mask: 0), version: 20),
      record(session(client: 0, mask: 1), version: 30, left: 100_000), record(session(client: 1, mask: 1), version: 40),
    ],
    [
      record(session(client: 0, mask: 0), version: 40, left: 100_000), record(session(client: 1, mask: 0), version: 30),
      record(session(client: 0, mask: 1), version: 20), record(session(client: 1, mask: 1), version: 10),
    ],
    [
      record(session(client: 0, mask: 0), version: 10), record(session(client: 1, mask: 1), version: 10),
      record(session(client: 0, mask: 1), version: 10), record(session(client: 1, mask: 0), version: 10),
    ],
    [
      record(session(client: 0, mask: 0), version: 10), record(session(client: 0, mask: 0, state: .trans), version: 10),
      record(session(client: 1, mask: 0), version: 10), record(session(client: 0, mask: 1), version: 9, left: 200_000),
    ],
    [
      record(session(client: 0, mask: 0), version: 10), record(session(client: 0, mask: 0), version: 20, left: 100_000),
      record(session(client: 0, mask: 0), version: 10, left: 290_000), record(session(client: 1, mask: 1), version: 15),
    ],
  ]

  private static func permutations<Element>(_ elements: [Element]) -> [[Element]] {
    guard elements.count > 1 else { return [elements] }
    return elements.indices.flatMap { index in
      var rest = elements
      let first = rest.remove(at: index)
      return permutations(rest).map { [first] + $0 }
    }
  }

  private static func contents(_ node: SyncNode) -> Set<SyncRecord> {
    var records: Set<SyncRecord> = []
    node.table.forEach(now: start) { records.insert(SyncRecord($0)) }
    return records
  }

  private static func node(_ number: Int, after words: [SyncRecord]) -> SyncNode {
    var node = SyncNode.sample(number, now: start)
    for word in words { node.merge(word, origin: 1, now: start) }
    return node
  }

  /// Each node sends its table to every other one, in the order in which the module adds sessions fastest.
  /// - Returns: whether any record changed a table.
  private static func exchange(_ group: inout [SyncNode]) -> Bool {
    var hasChanged = false
    for source in group.indices {
      let table = group[source].table
      let records = table.kernelOrder().compactMap { table.session(at: $0, now: start) }.map { SyncRecord($0) }
      for target in group.indices where target != source {
        for record in records where group[target].merge(record, origin: 2, now: start) { hasChanged = true }
      }
    }
    return hasChanged
  }

  /// Three nodes receive the records in any order and exchange their tables until nothing changes.
  ///
  /// Then they are equal, including the times left.
  @Test(arguments: words) func everyOrderOfRecordsEndsEqual(words: [SyncRecord]) {
    // Many orders lead to the same table, so each is kept once.
    var ends: [Set<SyncRecord>: SyncNode] = [:]
    for order in Self.permutations(words) {
      let node = Self.node(0, after: order)
      ends[Self.contents(node)] = node
    }
    for first in ends.values {
      for second in ends.values {
        for third in ends.values {
          var group = [first, second, third]
          var rounds = 0
          while rounds < 8, Self.exchange(&group) { rounds += 1 }
          #expect(rounds < 4)
          let contents = group.map(Self.contents)
          #expect(contents[0] == contents[1] && contents[1] == contents[2])
          let roots = Set(group.map(\.table.rootDigest))
          #expect(roots.count == 1)
        }
      }
    }
  }

  /// The order of arrival does not decide between two records of one session.
  @Test func theNewerRecordReplacesTheOlder() {
    let long = Self.record(.sample(0), version: 10, left: 300_000)
    let short = Self.record(.sample(0), version: 20, left: 100_000)
    for words in Self.permutations([long, short]) {
      let contents = Self.contents(Self.node(0, after: words))
      #expect(contents == [short], "the newer record wins, although it has less time left")
    }
  }

  /// Delays only make the time left too long.
  ///
  /// Of equal records the one with the least time left counts, unless the difference is negligible.
  @Test func aRepeatedRecordDoesNotExtendTheTimeLeft() {
    let original = Self.record(.sample(0), version: 10, left: 100_000)
    for (left, expected) in [(100_200, 100_000), (99_800, 100_000), (99_000, 99_000), (200_000, 100_000)] {
      let repeated = Self.record(.sample(0), version: 10, left: UInt32(left))
      let contents = Self.contents(Self.node(0, after: [original, repeated]))
      #expect(contents.map(\.session.expiration.rawValue) == [UInt32(expected)])
    }
  }

  /// Two disconnected nodes may assign the same version.
  ///
  /// Then the content decides, the same way on all nodes.
  @Test func comparesContentsOfEqualVersions() {
    let words = (0..<4).map { Self.record(Self.session(client: $0, mask: 0), version: 10) }
    let ends = Self.permutations(words).map { Self.contents(Self.node(0, after: $0)) }
    #expect(Set(ends).count == 1)
    #expect(ends[0].map(\.session.source6) == [words[3].session.source6])
  }

  /// A record must be newer than all its rivals.
  ///
  /// One that is newer than only one of them removes neither.
  @Test func losingToOneRivalRemovesNone() {
    let (mine, other) = (Self.session(client: 0, mask: 0), Self.session(client: 1, mask: 1))
    var node = Self.node(0, after: [Self.record(mine, version: 10), Self.record(other, version: 30)])
    let hasChanged = node.merge(Self.record(Self.session(client: 0, mask: 1), version: 20), origin: 1, now: Self.start)
    #expect(!hasChanged)
    #expect(node.table.count == 2)
    #expect(node.counters.outdated == 1)
  }

  @Test func comparesEveryFieldOfEqualVersions() {
    let base = SessionEntry.sample(3, proto: .udp)
    var greater = Array(repeating: base, count: 6)
    greater[0].state = TCPState(rawValue: base.state.rawValue + 1)
    greater[1].timer = SessionTimer(rawValue: base.timer.rawValue + 1)
    greater[2].source4 = TransportAddress(base.source4.address, base.source4.port + 1)
    greater[3].source6 = TransportAddress(base.source6.address, base.source6.port + 1)
    greater[4].destination4 = TransportAddress(base.destination4.address, base.destination4.port + 1)
    greater[5].proto = .icmp
    // Each record is above those that differ only in less significant fields.
    let sorted = ([base] + greater.reversed()).map { SyncRecord(session: $0, version: Version(rawValue: 5)) }
    for (position, record) in sorted.enumerated() {
      for (other, known) in sorted.enumerated() {
        #expect(record.isNewer(than: known) == (position > other))
        let session = SessionTable.Session(entry: known.session, origin: 0, version: known.version)
        #expect(record.isNewer(than: session) == (position > other))
      }
    }
    let later = SyncRecord(session: base, version: Version(rawValue: 6))
    #expect(sorted.allSatisfy { later.isNewer(than: $0) && !$0.isNewer(than: later) })
  }
}
