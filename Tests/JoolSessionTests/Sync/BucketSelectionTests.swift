import Testing

@testable import JoolSession

/// The buckets that a pull fetches.
@Suite struct BucketSelectionTests {
  private static let digests = [UInt64](repeating: 5, count: 64)

  private func selection(
    isComparing: Bool = true, isMuchSmaller: Bool = false, maxCount: Int = 4096, first: UInt32 = 0
  ) -> BucketSelection {
    BucketSelection(isComparing: isComparing, isMuchSmaller: isMuchSmaller, maxCount: maxCount, first: first)
  }

  private func numbers(_ selection: BucketSelection) -> [Int]? {
    selection.buckets.map { buckets in (0..<SessionDigest.bucketCount).filter(buckets.contains) }
  }

  /// Receives that all buckets of these groups differ, and no others.
  private func receive(_ groups: Range<Int>, _ selection: inout BucketSelection) {
    let bitmap = groups.reduce(0 as UInt64) { $0 | 1 << UInt64($1) }
    selection.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: bitmap))
    for group in groups {
      selection.receive(buckets: .init(repeating: 1, count: 64), of: group, ours: { _ in 2 })
    }
  }

  @Test func fetchesAllWithoutAComparison() {
    let selection = selection(isComparing: false)
    #expect(selection.isKnown && selection.isWhole && !selection.isEmpty)
    #expect(selection.buckets == nil)
    #expect(selection.question { Self.digests } == nil)
  }

  @Test func asksUntilTheBucketsAreKnown() {
    var selection = selection()
    #expect(selection.question { Self.digests }?.digests == Self.digests)
    #expect(!selection.isKnown)
    receive(2..<3, &selection)
    #expect(selection.isKnown && selection.isWhole)
    #expect(selection.question { Self.digests } == nil)
    #expect(numbers(selection) == Array(128..<192))
  }

  @Test func isEmptyIfNothingDiffers() {
    var selection = selection()
    #expect(!selection.isEmpty)
    receive(0..<0, &selection)
    #expect(selection.isKnown && selection.isEmpty && selection.isWhole)
  }

  @Test func fetchesAllIfMuchDiffersFromASmallTable() {
    var selection = selection(isMuchSmaller: true)
    receive(0..<33, &selection)
    #expect(selection.isKnown && selection.isWhole)
    #expect(selection.buckets == nil)
  }

  /// The buckets from another number on, and then those from 0 on.
  @Test func leavesOutOtherBucketsEachTime() {
    for (first, expected) in [(0, Array(0..<10)), (50, Array(50..<60)), (4096 + 60, [0, 1, 2, 3, 4, 5] + (60..<64))] {
      var selection = selection(maxCount: 10, first: UInt32(first))
      receive(0..<1, &selection)
      #expect(numbers(selection) == expected)
      #expect(!selection.isWhole)
    }
  }

  @Test func ignoresAnswersOnceTheBucketsAreKnown() {
    var selection = selection()
    receive(0..<1, &selection)
    receive(5..<6, &selection)
    #expect(numbers(selection) == Array(0..<64))
  }
}
