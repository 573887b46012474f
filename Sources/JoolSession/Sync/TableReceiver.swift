internal import JoolCore

/// A pull: fetches from one peer what this node lacks.
///
///     compare ──▶ differences, buckets ──▶ pull ──▶ bulk, by credit
///
/// Only the buckets that differ are fetched. A starting node fetches all of them, without a comparison. Requests are
/// repeated while no frame arrives. The transfer number stays the same, so that frames of a slow peer still count when
/// they arrive.
struct TableReceiver: Sendable {
  /// A source that sends no frame for this long is replaced, if there is another one.
  static let sourceTimeout = TimeAmount.seconds(2)
  /// If the next source was silent as well, this node waits for twice as long, and so on up to this, because all
  /// sources may be slow.
  static let longestSourceTimeout = TimeAmount.seconds(16)

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
  private var timer: RequestTimer
  private var selection: BucketSelection
  private var progress = TransferProgress()

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
    began = now
    self.limit = limit
    timer = RequestTimer(now: now)
    selection = BucketSelection(
      isComparing: isComparing, isMuchSmaller: isMuchSmaller, maxCount: maxBuckets, first: transfer)
  }

  /// The time at which the next request is sent.
  var deadline: Instant { timer.deadline }

  /// Whether everything that was requested has arrived.
  var isFinished: Bool { selection.isEmpty || progress.isFinished }

  /// Whether this node has all of `mark` when the pull is complete.
  ///
  /// `false` if buckets that differ were left out.
  var isWhole: Bool { selection.isWhole }

  func isSilent(for sourceTimeout: TimeAmount = Self.sourceTimeout, now: Instant) -> Bool {
    timer.isSilent(for: sourceTimeout, now: now)
  }

  /// Whether the source has forgotten the transfer: it has sent some frames of it, and then none through all pauses.
  ///
  /// A source answers for a transfer that it does not know only if this node has nothing of it.
  func isForgotten(now: Instant) -> Bool { timer.isExhausted(now: now) && progress.frames != nil }

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
    let isRepeated = timer.isDue(now: now)
    guard isRepeated || selection.isKnown && progress.isCreditDue else { return nil }
    timer.sent(now: now)
    if let question = selection.question(ours: groups) {
      return .compare(first: question.first, question.digests)
    }
    return .pull(credit(isRepeated: isRepeated))
  }

  private mutating func credit(isRepeated: Bool) -> SyncFrame.Pull {
    let credit = progress.credit(isRepeated: isRepeated)
    return SyncFrame.Pull(
      transfer: transfer, next: credit.next, window: credit.window,
      buckets: credit.next == 0 ? selection.buckets : nil, missing: credit.missing)
  }

  mutating func receive(_ differences: SyncFrame.Differences, from node: Incarnation, now: Instant) {
    guard node == source, !selection.isKnown else { return }
    timer.received(now: now)
    selection.receive(differences)
    if selection.isKnown { timer.expire(now: now) }
  }

  /// Takes the digests of a group of the source's buckets.
  /// - `ours`: the digest of a bucket of this node's table, as it is now.
  mutating func receive(
    buckets digests: [UInt64], of group: Int, from node: Incarnation, ours: (Int) -> UInt64, now: Instant
  ) {
    guard node == source, !selection.isKnown else { return }
    timer.received(now: now)
    selection.receive(buckets: digests, of: group, ours: ours)
    if selection.isKnown { timer.expire(now: now) }
  }

  /// Takes a frame of the source's table.
  ///
  /// - Returns: whether the frame belongs to this pull and has not arrived before.
  mutating func receive(_ bulk: SyncFrame.Bulk, from node: Incarnation, now: Instant) -> Bool {
    guard node == source, selection.isKnown, progress.hasCredit, bulk.transfer == transfer, !isFinished,
      progress.receive(bulk.frame, of: bulk.frames)
    else { return false }
    timer.received(now: now)
    return true
  }

  /// Counts a received record that was news to this node.
  mutating func countNews(_ version: Version) {
    if version < limit { brought += 1 }
  }
}
