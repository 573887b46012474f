internal import JoolCore

/// The updates of one peer that have arrived.
///
/// It knows what is missing, and when to send a NAK for it.
///
/// Updates are merged in the order of their arrival, because versions determine which record is newer.
struct UpdateStream: Sendable {
  /// If more updates than this are missing, they count as lost, because fetching a table is cheaper than requesting
  /// them.
  static let maxMissing: UInt64 = 1024
  /// The maximum number of ranges in a NAK.
  static let maxRanges = 64
  /// A frame this far ahead of the last hello is ignored, because its sequence may be forged.
  ///
  /// Only a hello can announce that many updates.
  static let lookahead: UInt64 = 4096
  /// An update that a hello after this time does not confirm was never sent by the peer.
  ///
  /// It is forgotten.
  static let confirmationTimeout = TimeAmount.milliseconds(500)

  /// All updates before this one have arrived or were in a table that was fetched, and so was the table that the peer
  /// had before its first update.
  ///
  /// 0: nothing has arrived, not even that table.
  private(set) var next: UInt64
  /// The updates from `next` on that have arrived out of order.
  private var outOfOrder = SequenceRanges()
  /// One more than the highest update in a table that was fetched.
  private var coveredEnd: UInt64 = 0
  /// One more than the peer's last update, as its last hello states.
  private var confirmed: UInt64
  /// One more than the highest sequence in other frames since that hello.
  ///
  /// 0: no frame has gone beyond the hello.
  private var raised: UInt64 = 0
  /// One more than the peer's last update that other peers have.
  private var mentioned: UInt64 = 0
  /// The highest value that `confirmed` has had.
  private var mostConfirmed: UInt64
  /// The time since which there are updates that no hello has confirmed.
  private var unconfirmedSince: Instant?
  /// Updates before this one are not requested, or no longer.
  private var requestFrom: UInt64
  private var naks = NakTimer()
  /// The number of gaps that were detected.
  private(set) var gaps: UInt64 = 0
  /// The number of updates that were given up.
  private(set) var unrecovered: UInt64 = 0

  /// Makes the stream of a peer that was heard for the first time.
  ///
  /// - Parameters:
  ///   - progress: what this node has of the peer already.
  ///   - last: the peer's last update, as its hello states.
  init(progress: Progress, last: UInt64) {
    next = progress.next
    coveredEnd = progress.end
    confirmed = last &+ 1
    mostConfirmed = confirmed
    // The peer cannot retransmit the table that it had before its first update. While that is missing, a table must be
    // fetched in any case, so older updates are not requested.
    requestFrom = next == 0 ? confirmed : next
  }

  /// One more than the peer's last update, as far as is known from the peer itself and from others.
  var known: UInt64 { max(confirmed, raised, mentioned) }

  /// One more than the peer's last update, as far as is known from the peer itself.
  var said: UInt64 { max(confirmed, raised) }

  /// Whether all updates that are known to exist have arrived.
  var isComplete: Bool { next >= known }

  /// Whether something is missing that the peer cannot retransmit.
  var isLost: Bool { !isComplete && (next == 0 || next < min(requestFrom, known)) }

  /// What has arrived, to be compared with what other nodes have.
  var progress: Progress { Progress(next: next, end: max(next, outOfOrder.end, 1, coveredEnd)) }

  /// The part of `progress` that hellos of the peer itself have confirmed, or that was in a table.
  ///
  /// This is what hellos advertise: a forged update in it would make the peer believe that a copy of it is running.
  var advertised: Progress {
    let all = progress
    return Progress(next: min(all.next, mostConfirmed), end: min(all.end, max(mostConfirmed, coveredEnd)))
  }

  // MARK: Receiving

  /// Notes a hello of the peer, whose last update is `last`.
  ///
  /// That replaces what other frames have stated.
  mutating func confirm(last: UInt64, now: Instant, jitter: TimeAmount) {
    confirmed = last &+ 1
    mostConfirmed = max(mostConfirmed, confirmed)
    raised = 0
    requestFrom = min(requestFrom, confirmed)
    if let since = unconfirmedSince {
      if now - since >= Self.confirmationTimeout { retract() }
      if progress.end <= mostConfirmed { unconfirmedSince = nil }
    }
    if missingCount(before: confirmed) > Self.maxMissing { lose(before: confirmed) }
    schedule(now: now, jitter: jitter)
  }

  /// Notes another frame of the peer, whose last update is `last`.
  ///
  /// That is accepted only within `lookahead`, and only until the next hello.
  mutating func raise(last: UInt64, now: Instant, jitter: TimeAmount) {
    guard last >= known, last < confirmed &+ Self.lookahead else { return }
    raised = last &+ 1
    schedule(now: now, jitter: jitter)
  }

  /// Notes that other peers have all updates of the peer before `next`.
  mutating func mention(next: UInt64, now: Instant, jitter: TimeAmount) {
    mentioned = next
    schedule(now: now, jitter: jitter)
  }

  /// Notes an update that has arrived.
  /// - Returns: whether it is new, as far as is known.
  mutating func receive(_ sequence: UInt64, now: Instant, jitter: TimeAmount) -> Bool {
    guard sequence >= max(next, 1), sequence < confirmed &+ Self.lookahead else { return false }
    if sequence == next, outOfOrder.isEmpty {
      next = sequence &+ 1
    } else {
      guard insert(sequence) else { return false }
      advance()
    }
    naks.received(sequence)
    if sequence >= confirmed {
      raised = max(raised, sequence &+ 1)
      unconfirmedSince = unconfirmedSince ?? now
    }
    schedule(now: now, jitter: jitter)
    return true
  }

  /// Notes the peer's answer to a NAK: it cannot retransmit the updates up to `last`.
  mutating func unavailable(until last: UInt64) {
    guard naks.hasAsked, last >= floor, last < confirmed else { return }
    lose(before: last &+ 1)
    reconsider()
  }

  /// Notes that a table was fetched that included this.
  mutating func cover(_ progress: Progress) {
    // The peer may be able to retransmit what is missing after that.
    if next == 0, progress.next > 0 { requestFrom = progress.next }
    next = max(next, progress.next)
    coveredEnd = max(coveredEnd, progress.end)
    advance()
  }

  /// Gives up everything that is missing, because NAKs cannot reach the peer.
  mutating func abandon() {
    lose(before: known)
    reconsider()
  }

  // MARK: Requesting

  /// The time of the next NAK.
  ///
  /// `nil`: there is nothing to request.
  var deadline: Instant? { naks.deadline }

  func isDue(now: Instant) -> Bool { naks.isDue(now: now) }

  /// The ranges for a NAK now.
  ///
  /// Empty if none is due.
  mutating func ask(now: Instant) -> [SyncFrame.MissingUpdates] {
    guard isDue(now: now) else { return [] }
    if naks.isExhausted {
      lose(before: min(naks.requestedEnd, confirmed))
      // Updates that only a frame has announced are requested until a hello states whether they exist.
      naks.allowOneMore()
    }
    let first = floor
    if naks.isOverdue(first: first, now: now), first < confirmed {
      lose(before: min(outOfOrder.start(above: first) ?? confirmed, confirmed))
    }
    guard isMissing else {
      reconsider()
      return []
    }
    naks.sent(before: known, now: now)
    return missing
  }

  /// The first update that has not arrived and may be requested, if it exists.
  private var floor: UInt64 { outOfOrder.gap(from: max(next, requestFrom)) }

  private var isMissing: Bool { floor < known }

  private var missing: [SyncFrame.MissingUpdates] {
    outOfOrder.gaps(from: floor, before: known, limit: Self.maxRanges)
  }

  /// The number of missing updates, including those that were given up.
  var missingCount: UInt64 { outOfOrder.missingCount(from: next, before: known) }

  private func missingCount(before end: UInt64) -> UInt64 {
    outOfOrder.missingCount(from: max(next, requestFrom), before: end)
  }

  private mutating func schedule(now: Instant, jitter: TimeAmount) {
    guard !naks.isRunning else {
      if !isMissing { reconsider() }
      return
    }
    guard !isComplete, isMissing else { return }
    gaps += 1
    naks.start(now: now, jitter: jitter)
  }

  /// Stops requesting if nothing is missing.
  private mutating func reconsider() {
    if !isMissing { naks.stop() }
  }

  private mutating func lose(before end: UInt64) {
    guard end > max(next, requestFrom) else { return }
    // More than that is only claimed, and is not counted.
    unrecovered &+= min(missingCount(before: end), Self.lookahead)
    requestFrom = end
  }

  // MARK: Arrivals

  /// Notes an update that has arrived out of order.
  ///
  /// - Returns: Whether it is new.
  private mutating func insert(_ sequence: UInt64) -> Bool {
    switch outOfOrder.insert(sequence) {
    case .new: return true
    case .known: return false
    case .full:
      // There is no room to note the update, so it counts as missing. All missing updates up to the last hello are lost
      // then.
      lose(before: confirmed)
      return true
    }
  }

  /// Moves `next` beyond the updates that have arrived without a gap.
  private mutating func advance() {
    guard next > 0 else { return }
    next = outOfOrder.removeFirst(reaching: next)
    reconsider()
  }

  /// Forgets updates that no hello of the peer has confirmed.
  private mutating func retract() {
    outOfOrder.remove(from: mostConfirmed)
    next = min(next, mostConfirmed)
    unconfirmedSince = nil
  }
}
