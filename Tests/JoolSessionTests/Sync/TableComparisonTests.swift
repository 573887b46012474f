import Testing

@testable import JoolSession

/// The search for the differences between two tables.
@Suite struct TableComparisonTests {
  /// The digests of 4,096 buckets, equal on both nodes.
  private let alike = (0..<4096).map { UInt64($0) &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private func groups(_ buckets: [UInt64]) -> [UInt64] {
    (0..<64).map { buckets[$0 * 64..<$0 * 64 + 64].reduce(0, ^) }
  }

  /// The peer's answers to a question, in sending order.
  private func answer(
    _ comparison: TableComparison, ours: [UInt64], theirs: [UInt64]
  ) -> (differences: SyncFrame.Differences?, groups: [Int]) {
    let question = comparison.question(ours: groups(ours))
    let differences = TableComparison.differences(
      from: question.digests, first: question.first, ours: groups(theirs))
    let bitmap = differences?.bitmap ?? 0
    return (differences, (0..<64).filter { bitmap >> UInt64($0) & 1 == 1 }.map { $0 + question.first })
  }

  private func buckets(of group: Int, _ all: [UInt64]) -> [UInt64] { Array(all[group * 64..<group * 64 + 64]) }

  private func receive(_ group: Int, _ comparison: inout TableComparison, ours: [UInt64], theirs: [UInt64]) {
    comparison.receive(buckets: buckets(of: group, theirs), of: group) { ours[$0] }
  }

  @Test func findsTheBucketsThatDiffer() throws {
    var theirs = alike
    for bucket in [0, 63, 64, 2000, 4095] { theirs[bucket] ^= UInt64(bucket + 1) << 40 }
    var comparison = TableComparison()
    let answer = answer(comparison, ours: alike, theirs: theirs)
    #expect(answer.groups == [0, 1, 31, 63])
    comparison.receive(try #require(answer.differences))
    #expect(comparison.differentGroups == 4)
    for group in answer.groups {
      #expect(!comparison.isComplete)
      receive(group, &comparison, ours: alike, theirs: theirs)
    }
    #expect(comparison.isComplete)
    #expect((0..<4096).filter(comparison.buckets.contains) == [0, 63, 64, 2000, 4095])
  }

  @Test func equalTablesNeedOneExchange() throws {
    var comparison = TableComparison()
    comparison.receive(try #require(answer(comparison, ours: alike, theirs: alike).differences))
    #expect(comparison.isComplete)
    #expect(comparison.buckets.isEmpty)
  }

  @Test func requestsLostAnswersAgain() throws {
    var theirs = alike
    for group in 0..<64 { theirs[group * 64 + 7] ^= 1 << 40 }
    var comparison = TableComparison()
    // The differences are lost, and so are the buckets of some groups.
    for group in 0..<64 where group != 10 && group != 20 { receive(group, &comparison, ours: alike, theirs: theirs) }
    #expect(!comparison.isComplete)
    let second = answer(comparison, ours: alike, theirs: theirs)
    #expect(second.groups == [10, 20], "received groups are not requested again")
    comparison.receive(try #require(second.differences))
    receive(20, &comparison, ours: alike, theirs: theirs)
    let third = answer(comparison, ours: alike, theirs: theirs)
    #expect((third.differences?.first, third.differences?.count) == (10, 1))
    comparison.receive(try #require(third.differences))
    receive(10, &comparison, ours: alike, theirs: theirs)
    #expect(comparison.isComplete)
    #expect(comparison.buckets.count == 64)
  }

  @Test func ignoresInvalidNumbersFromPeers() {
    var comparison = TableComparison()
    for (first, count) in [(-1, 1), (64, 1), (63, 2), (0, 0), (0, 65), (.max, 1), (0, .max), (5, -1)] {
      comparison.receive(SyncFrame.Differences(first: first, count: count, bitmap: .max))
    }
    for group in [-1, 64, .max] { comparison.receive(buckets: alike, of: group) { alike[$0] } }
    comparison.receive(buckets: [1, 2, 3], of: 0) { alike[$0] }
    #expect(comparison.differentGroups == 0)
    #expect(comparison.question(ours: groups(alike)).digests.count == 64)
    #expect(TableComparison.differences(from: [1, 2], first: 63, ours: groups(alike)) == nil)
    #expect(TableComparison.differences(from: [], first: 0, ours: groups(alike)) == nil)
    #expect(TableComparison.differences(from: [1], first: -1, ours: groups(alike)) == nil)
  }
}
