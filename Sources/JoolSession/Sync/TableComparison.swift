/// Finds the buckets in which this node's table differs from a peer's.
///
/// This node sends the digests of its 64 bucket groups (`compare`). The peer answers which groups differ
/// (`differences`), and sends the digests of the buckets in each of them (`buckets`). If datagrams are lost,
/// `question(ours:)` requests the rest.
struct TableComparison: Sendable {
  static let groups = 64
  static let bucketsPerGroup = SessionDigest.bucketCount / groups

  /// The buckets that differ, in the groups whose bucket digests have arrived.
  private(set) var buckets = BucketSet()
  /// The groups about which the peer has answered.
  ///
  /// Bit n stands for group n, as in the other bitmaps here.
  private var known: UInt64 = 0
  /// The groups that differ, as far as the peer has answered.
  private var different: UInt64 = 0
  /// The groups whose bucket digests have arrived.
  private var arrived: UInt64 = 0
  /// The peer's digests of those groups.
  private var theirs = [UInt64](repeating: 0, count: groups)

  /// The number of groups that differ, as far as the peer has answered.
  var differentGroups: Int { different.nonzeroBitCount }

  var isComplete: Bool { missing == 0 }

  /// The groups for which an answer of the peer is missing.
  private var missing: UInt64 { ~known | different & ~arrived }

  /// The `compare` to send to the peer: the digests of consecutive groups, from `first` on.
  ///
  /// If bucket digests of a group have arrived, and groups on both sides of it are missing, the group is sent with the
  /// peer's own digest. The peer then does not send its bucket digests again.
  /// - `ours`: the digests of all groups.
  func question(ours: [UInt64]) -> (first: Int, digests: [UInt64]) {
    guard !isComplete else { return (0, ours) }
    let first = missing.trailingZeroBitCount
    let last = Self.groups - 1 - missing.leadingZeroBitCount
    let digests = (first...last).map { Self.bit($0) & arrived == 0 ? ours[$0] : theirs[$0] }
    return (first, digests)
  }

  /// Notes which groups differ.
  ///
  /// An answer for groups that do not exist is ignored.
  mutating func receive(_ differences: SyncFrame.Differences) {
    let (first, count) = (differences.first, differences.count)
    guard 0..<Self.groups ~= first, 1...Self.groups - first ~= count else { return }
    let asked = (UInt64.max >> UInt64(Self.groups - count)) << UInt64(first)
    known |= asked
    different = different & ~asked | (differences.bitmap << UInt64(first)) & asked
  }

  /// Notes the digests of the buckets of a group.
  /// - `digests`: the peer's digests of the 64 buckets of the group.
  /// - `ours`: the digest of a bucket of this node's table, as it is now.
  mutating func receive(buckets digests: [UInt64], of group: Int, ours: (Int) -> UInt64) {
    guard 0..<Self.groups ~= group, digests.count == Self.bucketsPerGroup else { return }
    arrived |= Self.bit(group)
    theirs[group] = digests.reduce(0, ^)
    for (offset, digest) in digests.enumerated() {
      let bucket = group * Self.bucketsPerGroup + offset
      if ours(bucket) != digest { buckets.insert(bucket) }
    }
  }

  /// The answer to a `compare`.
  ///
  /// Returns `nil` if no groups have these numbers.
  /// - `theirs`: the received digests of consecutive groups, from `first` on.
  /// - `ours`: the digests of all groups.
  static func differences(from theirs: [UInt64], first: Int, ours: [UInt64]) -> SyncFrame.Differences? {
    guard 0..<groups ~= first, 1...groups - first ~= theirs.count else { return nil }
    var bits: UInt64 = 0
    for (offset, digest) in theirs.enumerated() where ours[first + offset] != digest { bits |= bit(offset) }
    return SyncFrame.Differences(first: first, count: theirs.count, bitmap: bits)
  }

  private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(number) }
}

extension SessionTable {
  /// The digests of all bucket groups: each is the XOR of its buckets' digests.
  var groupDigests: [UInt64] { (0..<TableComparison.groups).map { bucketDigests(of: $0).reduce(0, ^) } }

  /// The digests of the buckets of a group.
  func bucketDigests(of group: Int) -> [UInt64] {
    let first = group * TableComparison.bucketsPerGroup
    return (first..<first + TableComparison.bucketsPerGroup).map { digest(of: $0) }
  }
}
