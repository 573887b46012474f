internal import JoolCore

/// A pull: fetches from one peer what this node lacks.
///
///     compare ──▶ differences, buckets ──▶ pull ──▶ bulk, by credit
///
/// Only the buckets that differ are fetched. A starting node fetches all of them, without a comparison. Requests are
/// repeated while no frame arrives. The transfer number stays the same, so that frames of a slow peer still count when
/// they arrive.
struct TableReceiver: Sendable {
  /// The pause after which a request is repeated if no frame has arrived.
  ///
  /// Each further pause is twice as long.
  static let firstPause = Duration.milliseconds(100)
  /// The longest pause between two requests.
  static let longestPause = Duration.milliseconds(3200)
  /// A source that sends no frame for this long is replaced, if there is another one.
  static let sourceTimeout = Duration.seconds(2)
  /// If the next source was silent as well, this node waits for twice as long, and so on up to this, because all
  /// sources may be slow.
  static let longestSourceTimeout = Duration.seconds(16)

  /// The reason for a pull.
  enum Purpose: Hashable, Sendable {
    /// Updates that cannot be retransmitted are missing, or this node is starting and has no table.
    case losses
    /// The tables differ although nothing is known to be missing (`AntiEntropy`).
    case difference
  }

  let source: Incarnation
  let purpose: Purpose
  /// What this node has when the pull is complete: the version vector in the source's last hello before the pull, and
  /// the source's own updates up to that hello.
  let mark: VersionVector
  let began: Instant
  let transfer: UInt32
  /// Only news with an earlier version is counted in `brought`, because later records were on their way in any case.
  private let limit: Version
  /// The number of received records that were news to this node and are older than `limit`.
  private(set) var brought = 0
  /// The time of the last frame that belongs to the pull.
  ///
  /// At first, the time at which the pull began.
  private(set) var lastFrame: Instant
  /// The time at which the next request is sent.
  private(set) var deadline: Instant
  private var pause = TableReceiver.firstPause
  /// The comparison that is under way.
  ///
  /// `nil`: the buckets to fetch are known.
  private var comparison: TableComparison?
  /// Whether the comparison ends when more than half of the groups differ.
  ///
  /// In that case all buckets are fetched.
  private let isMuchSmaller: Bool
  /// The maximum number of buckets to fetch.
  private let maxBuckets: Int
  /// The buckets to fetch.
  ///
  /// `nil`: all of them.
  private var buckets: BucketSet?
  private var progress = TransferProgress()
  private var hasRequested = false
  /// Whether everything that was requested has arrived.
  private(set) var isFinished = false
  /// Whether this node has all of `mark` when the pull is complete.
  ///
  /// `false` if buckets that differ were left out.
  private(set) var isWhole = true

  /// Makes a transfer that has requested nothing yet.
  /// - `transfer`: a random number.
  /// - `isComparing`: whether to compare first. A starting node has nothing to compare.
  /// - `isMuchSmaller`: whether this node has less than a quarter of the source's sessions.
  /// - `maxBuckets`: the maximum number of buckets to fetch, for a pull that is not for losses.
  /// - `limit`: news with this version or a later one is not counted.
  init(
    source: Incarnation, purpose: Purpose, mark: VersionVector, transfer: UInt32, isComparing: Bool,
    isMuchSmaller: Bool = false, maxBuckets: Int = SessionDigest.bucketCount, limit: Version = Version(rawValue: .max),
    now: Instant
  ) {
    (self.source, self.purpose, self.mark, self.transfer) = (source, purpose, mark, transfer)
    (began, lastFrame, deadline) = (now, now, now)
    self.isMuchSmaller = isMuchSmaller
    self.maxBuckets = max(maxBuckets, 1)
    self.limit = limit
    comparison = isComparing ? TableComparison() : nil
  }

  func isSilent(for sourceTimeout: Duration = Self.sourceTimeout, now: Instant) -> Bool {
    now - lastFrame >= sourceTimeout
  }

  /// Whether the source has forgotten the transfer: it has sent some frames of it, and then none through all pauses.
  ///
  /// A source answers for a transfer that it does not know only if this node has nothing of it.
  func isForgotten(now: Instant) -> Bool { pause > Self.longestPause && deadline <= now && progress.frames != nil }

  /// The number of frames that have arrived without a gap.
  var frames: Int { Int(progress.next) }

  /// The next request for the source.
  ///
  /// Each request is returned once, so call this until it returns `nil`: whenever a frame has arrived, and at
  /// `deadline`.
  /// - `groups`: the digests of this node's bucket groups.
  mutating func nextRequest(groups: () -> [UInt64], now: Instant) -> SyncFrame.Body? {
    if isFinished {
      // The last credit lets the source forget the transfer.
      guard progress.isCreditDue else { return nil }
      return .pull(credit(isRepeated: false))
    }
    let isRepeated = deadline <= now
    guard isRepeated || comparison == nil && progress.isCreditDue else { return nil }
    deadline = now + min(pause, Self.longestPause)
    if isRepeated, pause <= Self.longestPause { pause *= 2 }
    if let comparison {
      let question = comparison.question(ours: groups())
      return .compare(first: question.first, question.digests)
    }
    return .pull(credit(isRepeated: isRepeated))
  }

  private mutating func credit(isRepeated: Bool) -> SyncFrame.Pull {
    let credit = progress.credit(isRepeated: isRepeated && hasRequested)
    hasRequested = true
    return SyncFrame.Pull(
      transfer: transfer, next: credit.next, window: credit.window, buckets: credit.next == 0 ? buckets : nil,
      missing: credit.missing)
  }

  mutating func receive(_ differences: SyncFrame.Differences, from node: Incarnation, now: Instant) {
    guard node == source, comparison != nil else { return }
    heard(now: now)
    comparison?.receive(differences)
    decide(now: now)
  }

  /// Takes the digests of a group of the source's buckets.
  /// - `ours`: the digest of a bucket of this node's table, as it is now.
  mutating func receive(
    buckets digests: [UInt64], of group: Int, from node: Incarnation, ours: (Int) -> UInt64, now: Instant
  ) {
    guard node == source, comparison != nil else { return }
    heard(now: now)
    comparison?.receive(buckets: digests, of: group, ours: ours)
    decide(now: now)
  }

  /// Takes a frame of the source's table.
  ///
  /// - Returns: whether the frame belongs to this pull and has not arrived before.
  mutating func receive(_ bulk: SyncFrame.Bulk, from node: Incarnation, now: Instant) -> Bool {
    guard node == source, comparison == nil, hasRequested, bulk.transfer == transfer, !isFinished,
      progress.receive(bulk.frame, of: bulk.frames)
    else { return false }
    heard(now: now)
    isFinished = progress.isFinished
    return true
  }

  /// Counts a received record that was news to this node.
  mutating func countNews(_ version: Version) {
    if version < limit { brought += 1 }
  }

  private mutating func heard(now: Instant) {
    lastFrame = now
    pause = Self.firstPause
    deadline = now + Self.firstPause
  }

  /// Begins the transfer if the buckets to fetch are known.
  private mutating func decide(now: Instant) {
    guard let comparison else { return }
    if isMuchSmaller, comparison.differentGroups > TableComparison.groups / 2 {
      buckets = nil
    } else {
      guard comparison.isComplete else { return }
      isFinished = comparison.buckets.isEmpty
      buckets = limited(comparison.buckets)
    }
    self.comparison = nil
    deadline = now
  }

  /// Limits a set to `maxBuckets` buckets.
  ///
  /// Each pull begins with another bucket, because those after the first ones would otherwise never be fetched.
  private mutating func limited(_ different: BucketSet) -> BucketSet {
    guard different.count > maxBuckets else { return different }
    isWhole = false
    var some = BucketSet()
    var left = maxBuckets
    for offset in 0..<SessionDigest.bucketCount where left > 0 {
      let bucket = (Int(transfer) + offset) % SessionDigest.bucketCount
      guard different.contains(bucket) else { continue }
      some.insert(bucket)
      left -= 1
    }
    return some
  }
}
