import TestSupport
import Testing

@testable import JoolCommands
@testable import JoolCore

/// The counts of one reading, and what they say together with the reading before.
@Suite struct TableSummaryTests {
  private static func session(
    _ source6: String, _ source4: String, _ destination4: String, _ proto: L4Protocol = .tcp,
    _ state: TCPState = .established
  ) throws -> SessionEntry {
    SessionEntry(
      proto: proto, source6: try #require(TransportAddress6(source6)),
      destination6: TransportAddress(IPv6Address(bits: 0), 0),
      source4: try #require(TransportAddress4(source4)), destination4: try #require(TransportAddress4(destination4)),
      state: state, expiration: Milliseconds(1000))
  }

  private static var sessions: [SessionEntry] {
    get throws {
      try [
        session("2001:db8::8#1", "192.0.2.1#1", "198.51.100.7#443"),
        session("2001:db8::8#1", "192.0.2.1#1", "198.51.100.8#443", .tcp, .trans),
        session("2001:db8::9#5", "192.0.2.1#2", "198.51.100.7#80"),
        session("2001:db8:0:1::9#5", "192.0.2.2#2", "198.51.100.7#443", .udp),
        session("2001:db8::8#7", "192.0.2.1#7", "198.51.100.7#7", .icmp),
      ]
    }
  }

  private static func summary(_ sessions: [SessionEntry], _ grouping: TopGrouping) -> TableSummary {
    var summary = TableSummary(by: grouping)
    for session in sessions { summary.add(session, isNew: session.proto == .udp) }
    return summary
  }

  @Test func countsProtocolsAndStates() throws {
    let summary = Self.summary(try Self.sessions, .source6)
    #expect(summary.protocols.map(\.sessions) == [3, 1, 1])
    #expect(summary.protocols.map(\.begun) == [0, 1, 0])
    #expect(summary.states == [2, 0, 0, 0, 0, 0, 1, 0])
    #expect(summary.sessions == 5)
  }

  @Test func countsStatesWithoutANameTogether() throws {
    let odd = try Self.session("2001:db8::8#1", "192.0.2.1#1", "198.51.100.7#443", .tcp, TCPState(rawValue: 200))
    #expect(Self.summary([odd], .proto).states.last == 1)
  }

  @Test(
    arguments: [
      (TopGrouping.source6, "2001:db8::8 3, 2001:db8::9 1, 2001:db8:0:1::9 1"),
      (.network6, "2001:db8::/64 4, 2001:db8:0:1::/64 1"), (.source4, "192.0.2.1 4, 192.0.2.2 1"),
      (.destination4, "198.51.100.7 4, 198.51.100.8 1"),
      (.destinationPort, "TCP 443 2, TCP 80 1, UDP 443 1, ICMP 1"), (.proto, "TCP 3, UDP 1, ICMP 1"),
    ])
  func groupsSessions(by grouping: TopGrouping, expected: String) throws {
    let top = Self.summary(try Self.sessions, grouping).top(9, by: .sessions)
    #expect(top.map { "\(grouping.text(of: $0.key)) \($0.group.sessions)" }.joined(separator: ", ") == expected)
  }

  @Test func ordersGroups() throws {
    let summary = Self.summary(try Self.sessions, .source6)
    func keys(_ order: TableSummary.Order, _ limit: Int = 9) -> [String] {
      summary.top(limit, by: order).map { TopGrouping.source6.text(of: $0.key) }
    }
    #expect(keys(.sessions, 1) == ["2001:db8::8"])
    #expect(keys(.begun) == ["2001:db8:0:1::9", "2001:db8::8", "2001:db8::9"])
    #expect(keys(.group) == ["2001:db8::8", "2001:db8::9", "2001:db8:0:1::9"])
    #expect(keys(.sessions, 0).isEmpty)
  }

  /// The first groups do not depend on how many there are, and in which order a dictionary has them.
  @Test func findsTheFirstOfManyGroups() {
    var summary = TableSummary(by: .source6)
    for number in 0..<10_000 {
      for _ in 0..<(number % 7919 == 77 ? 3 : 1) { summary.add(.sample(number), isNew: false) }
    }
    let top = summary.top(3, by: .sessions)
    #expect(top.map { Int(truncatingIfNeeded: $0.key & 0xFFFF) } == [77, 7996, 0])
    #expect(summary.groups.count == 10_000)
  }

  @Test func findsWhatHasBegunAndEnded() throws {
    let all = try Self.sessions
    var first = ReadingComparison(previous: nil)
    let isNew = all.dropFirst().map { first.isNew($0) }
    #expect(!isNew.contains(true))
    first.finish()
    #expect(!first.isComparable)

    var second = ReadingComparison(previous: first.keys)
    let remaining = [all[0], all[1], all[3]]
    let new = remaining.map { second.isNew($0) }
    #expect(new == [true, false, false])
    second.finish()
    #expect(second.isComparable)
    #expect(second.ended == [1, 0, 1])
  }

  /// The mask of an old session has another client, which has the same server.
  @Test func countsAMaskWithAnotherClientAsANewSession() throws {
    var first = ReadingComparison(previous: nil)
    _ = first.isNew(try Self.session("2001:db8::8#1", "192.0.2.1#1", "198.51.100.7#443"))
    var second = ReadingComparison(previous: first.keys)
    let isNew = second.isNew(try Self.session("2001:db8::8#2", "192.0.2.1#1", "198.51.100.7#443"))
    #expect(isNew)
    second.finish()
    #expect(second.ended == [1, 0, 0])
  }

  @Test func knowsNothingOfRowsInAnotherOrder() throws {
    let all = try Self.sessions
    var comparison = ReadingComparison(previous: [])
    for session in all.reversed() { _ = comparison.isNew(session) }
    #expect(!comparison.isComparable)
  }

  /// Random tables: the comparison finds what sets find.
  @Test func agreesWithSets() {
    var random = SystemRandomNumberGenerator()
    func table() -> [SessionEntry] {
      L4Protocol.allCases.flatMap { proto in
        (0..<40).filter { _ in Bool.random(using: &random) }.map { SessionEntry.sample($0, proto: proto) }
      }
    }
    var before = table()
    var comparison = ReadingComparison(previous: nil)
    for session in before { _ = comparison.isNew(session) }
    for _ in 0..<50 {
      let now = table()
      comparison = ReadingComparison(previous: comparison.keys)
      let begun = now.filter { comparison.isNew($0) }
      comparison.finish()
      #expect(begun == now.filter { !before.contains($0) })
      let ended = before.filter { !now.contains($0) }
      #expect(comparison.ended == L4Protocol.allCases.map { proto in ended.count { $0.proto == proto } })
      before = now
    }
  }
}
