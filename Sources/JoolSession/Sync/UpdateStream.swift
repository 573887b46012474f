internal import JoolCore

/// Which updates of one peer have arrived; knows what is missing and when to ask for it.
///
/// Updates are merged as they come: versions say what is newer, not the order of arrival.
struct UpdateStream: Sendable {
  /// With more missing updates than this, getting a table is cheaper than asking for them.
  static let maxMissing: UInt64 = 1024
  /// Gaps between updates that arrived out of order.
  static let maxGaps = 1024
  static let maxAttempts = 3
  /// The first NAK waits 5 to 20 ms: reordering heals itself, and peers that miss the same do not all ask at once.
  static let firstDelay = Duration.milliseconds(5)
  static let jitter = 15
  static let backoff = Duration.milliseconds(40)
  /// Ranges per NAK.
  static let maxRanges = 64
  /// Updates that are asked for in vain for so long are lost, though others arrive meanwhile.
  static let patience = Duration.seconds(2)
  /// How far ahead of the last hello a frame may be. More is believed when a hello says so.
  static let lookahead: UInt64 = 4096
  /// An update that the next hello, after so long, does not know of was never sent by the peer.
  static let doubt = Duration.milliseconds(500)

  /// 0: nothing. Else what the peer had before its first update, and all updates before this one.
  private(set) var next: UInt64
  /// Updates from `next` on that have arrived: ascending, neither overlapping nor adjacent.
  private var ahead: [ClosedRange<UInt64>] = []
  /// One more than the highest update that a table had which was fetched.
  private var coveredEnd: UInt64 = 0
  /// One more than the last update, by the peer's last hello; by frames since then; and by other peers.
  private var confirmed: UInt64
  private var raised: UInt64 = 0
  private var mentioned: UInt64 = 0
  /// The highest that `confirmed` has been.
  private var mostConfirmed: UInt64
  /// Since when there is something that no hello has confirmed.
  private var unconfirmedSince: Instant?
  /// Updates before it are not asked for (any more).
  private var askFrom: UInt64
  /// When to ask for what is missing.
  private(set) var deadline: Instant?
  private var attempts = 0
  /// One more than the last update that was asked for.
  private var askedTo: UInt64 = 0
  /// The first update that was missing at the last NAK, and since when it was the first.
  private var firstMissing: (update: UInt64, since: Instant)?
  /// Gaps that were seen.
  private(set) var gaps: UInt64 = 0
  /// Updates that were given up.
  private(set) var lost: UInt64 = 0

  /// - Parameters:
  ///   - progress: what there is of the peer already.
  ///   - last: the peer's last update, by its hello.
  init(progress: Progress, last: UInt64) {
    next = progress.next
    coveredEnd = progress.end
    confirmed = last &+ 1
    mostConfirmed = confirmed
    // Without its first table, the peer cannot send what is missing.
    askFrom = next == 0 ? confirmed : next
  }

  /// One more than the last update of the peer, as far as is known.
  var known: UInt64 { max(confirmed, raised, mentioned) }

  /// The same without what other peers have of it.
  var said: UInt64 { max(confirmed, raised) }

  /// Whether all that the peer sent has arrived.
  var isComplete: Bool { next >= known }

  /// Whether something is missing that the peer cannot send again.
  var isLost: Bool { !isComplete && (next == 0 || next < min(askFrom, known)) }

  /// What has arrived.
  var progress: Progress { Progress(next: next, end: max(next, (ahead.last?.upperBound ?? 0) &+ 1, coveredEnd)) }

  /// Of that, what the peer itself has said in a hello: a forged update must not make it believe that it is a copy.
  var told: Progress {
    let all = progress
    return Progress(next: min(all.next, mostConfirmed), end: min(all.end, max(mostConfirmed, coveredEnd)))
  }

  // MARK: What is heard

  /// A hello says that the peer's last update was `last`.
  mutating func confirm(last: UInt64, now: Instant, jitter: Duration) {
    confirmed = last &+ 1
    mostConfirmed = max(mostConfirmed, confirmed)
    raised = 0
    askFrom = min(askFrom, confirmed)
    if let since = unconfirmedSince {
      if now - since >= Self.doubt { retract() }
      if progress.end <= mostConfirmed { unconfirmedSince = nil }
    }
    if missingCount(before: confirmed) > Self.maxMissing { lose(before: confirmed) }
    schedule(now: now, jitter: jitter)
  }

  /// Another frame says so. It is believed within bounds, until the next hello.
  mutating func raise(last: UInt64, now: Instant, jitter: Duration) {
    guard last >= known, last < confirmed &+ Self.lookahead else { return }
    raised = last &+ 1
    schedule(now: now, jitter: jitter)
  }

  /// Other peers have updates of it before `next`.
  mutating func mention(next: UInt64, now: Instant, jitter: Duration) {
    mentioned = next
    schedule(now: now, jitter: jitter)
  }

  /// An update arrived.
  /// - Returns: whether it is new, as far as is known.
  mutating func receive(_ sequence: UInt64, now: Instant, jitter: Duration) -> Bool {
    guard sequence >= max(next, 1), sequence < confirmed &+ Self.lookahead else { return false }
    if sequence == next, ahead.isEmpty {
      next = sequence &+ 1
    } else {
      guard insert(sequence) else { return false }
      advance()
    }
    if sequence < askedTo { attempts = 0 }
    if sequence >= confirmed {
      raised = max(raised, sequence &+ 1)
      unconfirmedSince = unconfirmedSince ?? now
    }
    schedule(now: now, jitter: jitter)
    return true
  }

  /// The peer was asked for updates, and cannot send those up to `last` again.
  mutating func unavailable(until last: UInt64) {
    guard attempts > 0, last >= floor, last < confirmed else { return }
    lose(before: last &+ 1)
    reconsider()
  }

  /// A table was fetched that had this.
  mutating func cover(_ progress: Progress) {
    // The peer may have what is missing after that.
    if next == 0, progress.next > 0 { askFrom = progress.next }
    next = max(next, progress.next)
    coveredEnd = max(coveredEnd, progress.end)
    advance()
  }

  /// The peer cannot be asked.
  mutating func giveUp() {
    lose(before: known)
    reconsider()
  }

  // MARK: Asking

  func isDue(now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  /// What to ask for now, if it is time to.
  mutating func ask(now: Instant) -> [SyncFrame.MissingUpdates] {
    guard isDue(now: now) else { return [] }
    if attempts >= Self.maxAttempts {
      lose(before: min(askedTo, confirmed))
      // What only a frame told of is asked for until a hello says whether it exists.
      attempts = isMissing ? Self.maxAttempts - 1 : 0
    }
    let first = floor
    if firstMissing?.update != first { firstMissing = (first, now) }
    if let since = firstMissing?.since, now - since >= Self.patience, first < confirmed {
      lose(before: min(ahead.first { $0.lowerBound > first }?.lowerBound ?? confirmed, confirmed))
    }
    guard isMissing else {
      reconsider()
      return []
    }
    attempts += 1
    askedTo = known
    deadline = now + Self.backoff * (1 << min(attempts - 1, 2))
    return missing
  }

  /// The first update that may be asked for, if it is missing.
  private var floor: UInt64 {
    var floor = max(next, askFrom)
    for range in ahead where range.lowerBound <= floor { floor = max(floor, range.upperBound &+ 1) }
    return floor
  }

  private var isMissing: Bool { floor < known }

  private var missing: [SyncFrame.MissingUpdates] {
    var start = floor
    var ranges: [SyncFrame.MissingUpdates] = []
    for range in ahead where range.lowerBound > start {
      ranges.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: range.lowerBound - start)))
      if ranges.count == Self.maxRanges { return ranges }
      start = range.upperBound &+ 1
    }
    if start < known { ranges.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: known - start))) }
    return ranges
  }

  /// How many updates are missing, those that were given up included.
  var missingCount: UInt64 { missingCount(from: next, before: known) }

  private func missingCount(before end: UInt64) -> UInt64 { missingCount(from: max(next, askFrom), before: end) }

  private func missingCount(from start: UInt64, before end: UInt64) -> UInt64 {
    guard start < end else { return 0 }
    return ahead.reduce(end - start) { count, range in
      let low = max(range.lowerBound, start)
      let high = min(range.upperBound &+ 1, end)
      return low < high ? count - (high - low) : count
    }
  }

  private mutating func schedule(now: Instant, jitter: Duration) {
    guard deadline == nil else {
      if !isMissing { reconsider() }
      return
    }
    guard !isComplete, isMissing else { return }
    gaps += 1
    attempts = 0
    deadline = now + Self.firstDelay + jitter
  }

  /// Nothing is asked for any more if nothing is missing.
  private mutating func reconsider() {
    guard !isMissing else { return }
    (deadline, attempts, firstMissing, askedTo) = (nil, 0, nil, 0)
  }

  private mutating func lose(before end: UInt64) {
    guard end > max(next, askFrom) else { return }
    // More is only claimed.
    lost &+= min(missingCount(before: end), Self.lookahead)
    askFrom = end
  }

  // MARK: What has arrived

  /// - Returns: whether it is new.
  private mutating func insert(_ sequence: UInt64) -> Bool {
    var index = ahead.endIndex
    while index > 0, ahead[index - 1].lowerBound > sequence { index -= 1 }
    let joinsBefore = index > 0 && ahead[index - 1].upperBound &+ 1 >= sequence
    if joinsBefore, ahead[index - 1].upperBound >= sequence { return false }
    let joinsAfter = index < ahead.endIndex && ahead[index].lowerBound == sequence &+ 1
    switch (joinsBefore, joinsAfter) {
    case (true, true):
      ahead[index - 1] = ahead[index - 1].lowerBound...ahead[index].upperBound
      ahead.remove(at: index)
    case (true, false): ahead[index - 1] = ahead[index - 1].lowerBound...sequence
    case (false, true): ahead[index] = sequence...ahead[index].upperBound
    case (false, false):
      // Without room it counts as missing, and then as lost.
      guard ahead.count < Self.maxGaps else {
        lose(before: confirmed)
        return true
      }
      ahead.insert(sequence...sequence, at: index)
    }
    return true
  }

  /// Moves `next` over what has arrived.
  private mutating func advance() {
    guard next > 0 else { return }
    while let first = ahead.first, first.lowerBound <= next {
      next = max(next, first.upperBound &+ 1)
      ahead.removeFirst()
    }
    reconsider()
  }

  /// Forgets what the peer does not know of.
  private mutating func retract() {
    ahead = ahead.compactMap { range in
      guard range.lowerBound < mostConfirmed else { return nil }
      return range.lowerBound...min(range.upperBound, mostConfirmed - 1)
    }
    next = min(next, mostConfirmed)
    unconfirmedSince = nil
  }
}
