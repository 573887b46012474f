/// The buckets of the source's table that a pull fetches: those that differ, or all of them.
struct BucketSelection: Sendable {
  /// The comparison that is under way.
  ///
  /// `nil`: the buckets are known.
  private var comparison: TableComparison?
  /// Whether the comparison ends when more than half of the groups differ.
  ///
  /// In that case all buckets are fetched.
  private let isMuchSmaller: Bool
  private let maxCount: Int
  /// The bucket that is fetched first if not all of those that differ are.
  private let first: Int
  /// The buckets to fetch.
  ///
  /// `nil`: all of them, unless the comparison is under way.
  private(set) var buckets: BucketSet?
  /// Whether all buckets that differ are fetched.
  private(set) var isWhole = true

  /// - `isComparing`: whether to compare first. Otherwise all buckets are fetched.
  /// - `isMuchSmaller`: whether this node has less than a quarter of the source's sessions.
  /// - `maxCount`: the maximum number of buckets that are fetched after a comparison.
  /// - `first`: any number. Each pull has another one, because the same buckets would otherwise be left out each time.
  init(isComparing: Bool, isMuchSmaller: Bool, maxCount: Int, first: UInt32) {
    comparison = isComparing ? TableComparison() : nil
    self.isMuchSmaller = isMuchSmaller
    self.maxCount = max(maxCount, 1)
    self.first = Int(first)
  }

  /// Whether the buckets are known, so that no comparison is under way.
  var isKnown: Bool { comparison == nil }

  /// Whether the comparison has found no bucket that differs.
  var isEmpty: Bool { buckets?.isEmpty ?? false }

  /// The `compare` to send to the source; `nil` if the buckets are known.
  /// - `ours`: the digests of this node's bucket groups.
  func question(ours: () -> [UInt64]) -> (first: Int, digests: [UInt64])? { comparison?.question(ours: ours()) }

  mutating func receive(_ differences: SyncFrame.Differences) {
    comparison?.receive(differences)
    decide()
  }

  /// - `ours`: the digest of a bucket of this node's table, as it is now.
  mutating func receive(buckets digests: [UInt64], of group: Int, ours: (Int) -> UInt64) {
    comparison?.receive(buckets: digests, of: group, ours: ours)
    decide()
  }

  /// Ends the comparison if its result is known.
  private mutating func decide() {
    guard let comparison else { return }
    if !isMuchSmaller || comparison.differentGroups <= TableComparison.groups / 2 {
      guard comparison.isComplete else { return }
      buckets = limited(comparison.buckets)
    }
    self.comparison = nil
  }

  private mutating func limited(_ different: BucketSet) -> BucketSet {
    guard different.count > maxCount else { return different }
    isWhole = false
    var some = BucketSet()
    var left = maxCount
    for offset in 0..<SessionDigest.bucketCount where left > 0 {
      let bucket = (first + offset) % SessionDigest.bucketCount
      guard different.contains(bucket) else { continue }
      some.insert(bucket)
      left -= 1
    }
    return some
  }
}
