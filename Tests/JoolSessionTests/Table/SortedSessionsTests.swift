import JoolCore
import TestSupport
import Testing

@testable import JoolSession

extension SortedSessions {
  /// Sorts and takes all sessions at once.
  func allSorted() -> [SessionEntry] {
    var rest = self
    while !rest.sortSome() {}
    return rest.take(rest.count)
  }
}

@Suite struct SortedSessionsTests {
  private let sessions = (0..<30_000).map {
    SessionEntry.sample($0, proto: L4Protocol.allCases[$0 % 3], expiration: UInt32($0 * 7919 % 30_011) * 100)
  }

  @Test func returnsAllSessionsInOrderAfterSeveralRuns() {
    var sorted = SortedSessions(sessions)
    var turns = 1
    while !sorted.sortSome() { turns += 1 }
    #expect(turns == 4, "one run per call")
    var given: [SessionEntry] = []
    while !sorted.isEmpty { given += sorted.take(1000) }
    let expected = sessions.sorted { ($0.proto.rawValue, $0.expiration) < ($1.proto.rawValue, $1.expiration) }
    #expect(given == expected)
  }

  @Test func dropsRemovedSessions() {
    var sorted = SortedSessions(sessions)
    while !sorted.sortSome() {}
    _ = sorted.take(5000)
    sorted.removeAll { $0.proto == .udp }
    #expect(sorted.count == 15_000)
    let left = sorted.allSorted()
    #expect(left.count == 15_000)
    #expect(left.filter { $0.proto == .tcp }.map(\.expiration) == left.prefix(5000).map(\.expiration).sorted())
  }

  @Test func isEmptyFromTheStart() {
    var none = SortedSessions()
    let isSorted = none.sortSome()
    let taken = none.take(10)
    #expect(isSorted && taken.isEmpty && none.isEmpty)
  }
}
