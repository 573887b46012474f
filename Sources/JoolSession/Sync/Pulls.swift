/// The state of the pulls: of the one that fetches what this node lacks, and of those that this node serves to peers.
struct Pulls: Sendable {
  /// The time for which a starting node listens before its first pull.
  ///
  /// Peers answer its hello within 50 ms.
  static let listening = TimeAmount.milliseconds(300)
  /// The approximate number of sessions (3 MB) that a pull without a loss fetches at most.
  ///
  /// More would delay news. The next pull fetches the rest.
  static let sessionsPerExchange: UInt64 = 65_536
  /// The age in milliseconds below which a record may have been in flight when the tables were compared.
  static let inFlight: UInt64 = 1000

  /// The comparisons of root digests that may cause a pull without a loss.
  var antiEntropy = AntiEntropy()
  /// The transfers to peers.
  var sender = TableSender()
  /// The pull that is under way.
  ///
  /// There is at most one at a time.
  private(set) var receiver: TableReceiver?
  /// The next time to look for losses, because a pull for them may be due or may begin then.
  private(set) var retry: Instant?
  private var schedule: PullSchedule
  /// The silence after which the source of a pull for losses is replaced.
  private var sourceTimeout = TableReceiver.sourceTimeout

  init(now: Instant) { schedule = PullSchedule(from: now + Self.listening) }

  // MARK: When to pull

  var isPulling: Bool { receiver.isPresent }

  /// The source of the last pull; `nil` before the first.
  var lastTried: Incarnation? { schedule.lastTried }

  /// The earliest time at which a pull may begin.
  /// - `losses`: the incarnations of which updates are lost; empty if the pull has another purpose.
  func start(for losses: [Incarnation]) -> Instant { schedule.start(for: losses) }

  /// Looks for losses at `time`, unless that is done before.
  mutating func retry(before time: Instant) { retry = min(retry ?? time, time) }

  /// Takes the time to look for losses.
  /// - Returns: whether it has come.
  mutating func takeRetry(now: Instant) -> Bool {
    guard let retry, retry <= now else { return false }
    self.retry = nil
    return true
  }

  // MARK: The pull under way

  /// Begins a pull, in place of the one that is under way.
  mutating func begin(_ pull: TableReceiver, for losses: [Incarnation], now: Instant) {
    schedule.began(with: pull.source, for: losses, now: now)
    receiver = pull
  }

  /// Ends the pull if its source no longer answers.
  /// - `isSource`: whether the source answers pulls, as far as this node can know.
  /// - Returns: a source that is silent and should be replaced, if there is another one. `nil` if there is none.
  mutating func silentSource(isSource: Bool, now: Instant) -> Incarnation? {
    guard let pull = receiver else { return nil }
    if !isSource || pull.isForgotten(now: now) {
      (receiver, retry) = (nil, now)
    } else if pull.purpose == .difference, pull.isSilent(now: now) {
      receiver = nil
      antiEntropy.ended(pull.source, brought: pull.brought, now: now)
    } else if pull.isSilent(for: sourceTimeout, now: now) {
      return pull.source
    }
    return nil
  }

  /// Waits for longer before the next source is replaced, because all sources may be slow.
  mutating func doubleSourceTimeout() { sourceTimeout = min(sourceTimeout * 2, TableReceiver.longestSourceTimeout) }

  /// The next request for the source (`TableReceiver.nextRequest`).
  mutating func nextRequest(groups: () -> [UInt64], now: Instant) -> SyncFrame.Body? {
    receiver?.nextRequest(groups: groups, now: now)
  }

  mutating func receive(_ differences: SyncFrame.Differences, from node: Incarnation, now: Instant) {
    receiver?.receive(differences, from: node, now: now)
  }

  /// - `ours`: the digest of a bucket of this node's table, as it is now.
  mutating func receive(
    buckets digests: [UInt64], of group: Int, from node: Incarnation, ours: (Int) -> UInt64, now: Instant
  ) {
    receiver?.receive(buckets: digests, of: group, from: node, ours: ours, now: now)
  }

  /// - Returns: whether the frame belongs to the pull and has not arrived before.
  mutating func receive(_ bulk: SyncFrame.Bulk, from node: Incarnation, now: Instant) -> Bool {
    receiver?.receive(bulk, from: node, now: now) ?? false
  }

  /// Counts a received record that was news to this node.
  mutating func countNews(_ version: Version) { receiver?.countNews(version) }

  /// Notes that the pull is complete.
  /// - `coversMore`: whether the source's version vector has more than this node's.
  mutating func finish(coversMore: Bool, now: Instant) {
    guard let pull = receiver else { return }
    (receiver, sourceTimeout) = (nil, TableReceiver.sourceTimeout)
    antiEntropy.ended(pull.source, brought: pull.brought, now: now)
    let isForLosses = pull.purpose == .losses
    let yield: PullSchedule.Yield = pull.brought > 0 ? .sessions : isForLosses && coversMore ? .cover : .nothing
    schedule.ended(yield, isForLosses: isForLosses, frames: pull.frames, began: pull.began, now: now)
  }
}
