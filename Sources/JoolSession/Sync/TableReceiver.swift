internal import JoolCore

/// A pull: gets from one peer what this node lacks.
///
///     compare ──▶ differences, buckets ──▶ pull ──▶ bulk, by credit
///
/// Only the buckets that differ are fetched. A starting node fetches all of them, without a comparison. Requests are
/// repeated while nothing comes, always with the same transfer number: a slow peer's frames still count when they come.
struct TableReceiver: Sendable {
  /// While nothing comes, the request is repeated after this, then after twice as long, and so on.
  static let firstPause = Duration.milliseconds(100)
  static let longestPause = Duration.milliseconds(3200)
  /// A source that is silent for this long is replaced, if there is another one.
  static let patience = Duration.seconds(2)
  /// If another one was silent as well, the next is waited for twice as long, and so on: all may be slow.
  static let longestPatience = Duration.seconds(16)

  /// What a pull is for.
  enum Purpose: Hashable, Sendable {
    /// Updates that cannot be sent again, or the table of a node that starts.
    case losses
    /// The tables differ although nothing is known to be missing (`AntiEntropy`).
    case difference
  }

  let source: Incarnation
  let purpose: Purpose
  /// What this node has when the pull ends: what the source had when its last hello before the pull was sent, and that
  /// hello.
  let mark: VersionVector
  let began: Instant
  let transfer: UInt32
  /// Only what was said before counts as brought: what is newer was on its way anyhow.
  private let limit: Version
  /// How many records that count were news.
  private(set) var brought = 0
  /// When a frame that belongs to the pull came, or the pull began.
  private(set) var lastFrame: Instant
  /// When a request leaves next.
  private(set) var deadline: Instant
  private var pause = TableReceiver.firstPause
  /// `nil`: the buckets to fetch are known.
  private var comparison: TableComparison?
  /// Whether the comparison ends when more than half of the groups differ. Then all buckets are fetched.
  private let isMuchSmaller: Bool
  /// At most as many buckets are fetched.
  private let maxBuckets: Int
  /// What is fetched; `nil`: all of it.
  private var buckets: BucketSet?
  private var progress = TransferProgress()
  private var hasRequested = false
  /// Whether everything that the source was asked for is here.
  private(set) var isFinished = false
  /// Whether the end covers `mark`: no bucket that differs was left out.
  private(set) var isWhole = true

  /// - Parameters:
  ///   - transfer: a random number.
  ///   - isComparing: whether to compare first. A starting node has nothing to compare.
  ///   - isMuchSmaller: whether this node has less than a quarter of the source's sessions.
  ///   - maxBuckets: how many buckets are fetched at most, for a pull that has no loss to make good.
  ///   - limit: news with this version or a later one does not count.
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

  func isSilent(for patience: Duration = Self.patience, now: Instant) -> Bool { now - lastFrame >= patience }

  /// Whether the source does not know the transfer any more: it sent some frames of it, and then none for so long that
  /// each pause has passed. It answers a transfer that it does not know only if this node has nothing of it.
  func isForgotten(now: Instant) -> Bool { pause > Self.longestPause && deadline <= now && progress.frames != nil }

  /// How many frames of the source's table have come, without gaps.
  var frames: Int { Int(progress.next) }

  /// What is to be sent to the source now, once. Call it again whenever something has come, and at `deadline`.
  /// - Parameter groups: the digests of this node's bucket groups.
  mutating func nextRequest(groups: () -> [UInt64], now: Instant) -> SyncFrame.Body? {
    if isFinished {
      // So that the source forgets the transfer.
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

  /// - Parameter ours: the digest of a bucket of this node's table, as it is now.
  mutating func receive(
    buckets digests: [UInt64], of group: Int, from node: Incarnation, ours: (Int) -> UInt64, now: Instant
  ) {
    guard node == source, comparison != nil else { return }
    heard(now: now)
    comparison?.receive(buckets: digests, of: group, ours: ours)
    decide(now: now)
  }

  /// - Returns: whether the frame belongs to this pull and has not come before.
  mutating func receive(_ bulk: SyncFrame.Bulk, from node: Incarnation, now: Instant) -> Bool {
    guard node == source, comparison == nil, hasRequested, bulk.transfer == transfer, !isFinished,
      progress.receive(bulk.frame, of: bulk.frames)
    else { return false }
    heard(now: now)
    isFinished = progress.isFinished
    return true
  }

  /// A record of a frame was news to this node.
  mutating func countNews(_ version: Version) {
    if version < limit { brought += 1 }
  }

  private mutating func heard(now: Instant) {
    lastFrame = now
    pause = Self.firstPause
    deadline = now + Self.firstPause
  }

  /// Goes on to the transfer, if it is known what to fetch.
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

  /// Begins with another bucket each time, or those after the first ones would never be fetched.
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
