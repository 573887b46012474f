internal import JoolCore

/// Pulls: fetching from a peer what this node lacks (`TableReceiver`), at times that `PullSchedule` and `AntiEntropy`
/// determine.
extension SyncNode {
  /// Whether it is too early to send records, because their versions must be above those that peers have sent.
  var isListening: Bool { state == .starting && !pulls.isPulling && !isFirst }

  /// Continues the pull that is under way, or begins one for losses.
  mutating func continuePull(now: Instant) {
    if let source = pulls.receiver?.source {
      let isSource = isSource(source, now: now)
      if let silent = pulls.silentSource(isSource: isSource, now: now) { replace(silent, now: now) }
    }
    if pulls.takeRetry(now: now), !pulls.isPulling, state != .ready { pullLosses(now: now) }
    sendPullRequests(now: now)
  }

  /// Compares the root digests after a peer's hello was noted in `peers`, and begins a pull if they have differed for
  /// long enough.
  ///
  /// The digests are compared only if neither node lacks the other's updates, except for those in flight.
  mutating func compareRoot(with node: Incarnation, now: Instant) {
    guard let peer = peers[node] else { return }
    table.expire(now: now)
    let heard = peer.progress(of: identity)
    let isComparable =
      state.hasTable && isSource(node, now: now) && peer.stream.isComplete && heard.next > 0 && heard.beyond == 0
    pulls.antiEntropy.note(node, differs: isComparable && peer.hello.rootDigest != table.rootDigest, now: now)
    guard !pulls.isPulling, pulls.antiEntropy.isDue(node, now: now), pulls.start(for: []) <= now else { return }
    beginPull(from: node, for: .difference, losses: [], now: now)
    sendPullRequests(now: now)
  }

  private mutating func pullLosses(now: Instant) {
    let known = peers.known(now: now)
    let losses = peers.losses(known: known, now: now)
    guard state == .starting || !losses.isEmpty else { return }
    guard let source = source(for: losses, known: known, now: now) else { return }
    let start = pulls.start(for: losses)
    if start <= now {
      beginPull(from: source, for: .losses, losses: losses, now: now)
    } else {
      pulls.retry(before: start)
    }
  }

  /// Replaces a source that is silent, if there is another one.
  private mutating func replace(_ silent: Incarnation, now: Instant) {
    let known = peers.known(now: now)
    let losses = peers.losses(known: known, now: now)
    guard let other = source(for: losses, known: known, otherThan: silent, now: now) else { return }
    pulls.doubleSourceTimeout()
    beginPull(from: other, for: .losses, losses: losses, now: now)
  }

  /// Whether a peer answers pulls, as far as this node can know.
  private func isSource(_ node: Incarnation, now: Instant) -> Bool {
    peers.isHeard(node, now: now) && peers[node]?.state.hasTable == true
  }

  /// The best source for losses; `nil` if there is none.
  private func source(
    for losses: [Incarnation], known: VersionVector, otherThan former: Incarnation? = nil, now: Instant
  ) -> Incarnation? {
    let sources = peers.sources(
      for: losses, known: known, isStarting: state == .starting, last: pulls.lastTried, now: now)
    return sources.first { $0 != former }
  }

  private mutating func beginPull(
    from source: Incarnation, for purpose: TableReceiver.Purpose, losses: [Incarnation], now: Instant
  ) {
    guard let mark = peers.mark(of: source, now: now), let sessions = peers[source]?.hello.sessions else { return }
    let isStarting = state == .starting
    let latest = records.clock.latest.milliseconds
    let share = UInt64(SessionDigest.bucketCount) * Pulls.sessionsPerExchange / max(sessions, 1)
    let isForLosses = purpose == .losses
    let pull = TableReceiver(
      source: source, purpose: purpose, mark: mark, transfer: .random(in: 1...UInt32.max, using: &random),
      isComparing: (!isStarting || readiness.bootstrap.hasKeptTable) && !table.isEmpty,
      isMuchSmaller: UInt64(table.count) < sessions / 4,
      maxBuckets: isForLosses ? SessionDigest.bucketCount : Int(clamping: share),
      limit: isForLosses
        ? Version(rawValue: .max) : Version(milliseconds: latest - min(Pulls.inFlight, latest), tag: 0),
      now: now)
    pulls.begin(pull, for: losses, now: now)
    if isStarting { counters.joins += 1 } else if isForLosses { counters.resyncs += 1 }
  }

  private mutating func sendPullRequests(now: Instant) {
    guard let source = pulls.receiver?.source else { return }
    let table = table
    while let request = pulls.nextRequest(groups: { table.groupDigests }, now: now) {
      transmitter.send(request, to: source)
    }
    if pulls.receiver?.isFinished == true { finishPull(now: now) }
  }

  private mutating func finishPull(now: Instant) {
    guard let pull = pulls.receiver else { return }
    let coversMore = pull.isWhole && !peers.vector(now: now).covers(pull.mark)
    if pull.isWhole { peers.cover(pull.mark) }
    if pull.purpose == .difference { counters.repairs += UInt64(pull.brought) }
    pulls.finish(coversMore: coversMore, now: now)
    pullEnded(isWhole: pull.isWhole, now: now)
  }

  /// Forgets transfers that are no longer requested, and comparisons with former peers.
  mutating func tidyPulls(now: Instant) {
    pulls.sender.forget(now: now)
    let peers = peers
    pulls.antiEntropy.keep { peers[$0] != nil }
  }

  // MARK: Answers of the source

  mutating func receive(_ differences: SyncFrame.Differences, from node: Incarnation, now: Instant) {
    pulls.receive(differences, from: node, now: now)
    sendPullRequests(now: now)
  }

  mutating func receive(buckets digests: [UInt64], of group: Int, from node: Incarnation, now: Instant) {
    table.expire(now: now)
    let table = table
    pulls.receive(buckets: digests, of: group, from: node, ours: table.digest(of:), now: now)
    sendPullRequests(now: now)
  }

  mutating func receive(_ bulk: SyncFrame.Bulk, from node: Incarnation, now: Instant) {
    guard let origin = peers[node]?.index, pulls.receive(bulk, from: node, now: now) else { return }
    for record in bulk.records where merge(record, origin: origin, now: now) {
      pulls.countNews(record.version)
    }
    sendPullRequests(now: now)
  }

  // MARK: Answering

  /// Answers a peer's `compare` with the groups that differ and the digests of their buckets.
  mutating func compare(groups theirs: [UInt64], first: Int, from node: Incarnation, now: Instant) {
    guard state.hasTable, pulls.sender.admitsComparison(by: node, now: now) else { return }
    table.expire(now: now)
    guard let differences = TableComparison.differences(from: theirs, first: first, ours: table.groupDigests),
      transmitter.budget.admit(bytes: SyncFrame.headerSize + SyncFrame.Differences.size, to: node.number, now: now)
    else { return }
    transmitter.send(.differences(differences), to: node)
    let bucketsSize = SyncFrame.headerSize + 8 + TableComparison.bucketsPerGroup * 8
    for offset in 0..<differences.count where differences.bitmap >> UInt64(offset) & 1 == 1 {
      // The peer requests the rest again.
      guard transmitter.budget.admit(bytes: bucketsSize, to: node.number, now: now) else { return }
      let group = first + offset
      transmitter.send(.buckets(group: group, table.bucketDigests(of: group)), to: node)
    }
  }

  /// Handles a peer's request for the table, for some of its buckets, or for more frames of a transfer.
  mutating func serve(_ pull: SyncFrame.Pull, to node: Incarnation, now: Instant) {
    guard state.hasTable else { return }
    let table = table
    pulls.sender.answer(pull, from: node, records: transmitter.path.bulkRecords, now: now) { buckets in
      guard let buckets else { return table.transferOrder() }
      return table.transferOrder(inBuckets: buckets.contains)
    }
    continueServing(now: now)
  }

  /// Sends frames of transfers to the peers in turn, as far as their credit and the budget allow.
  mutating func continueServing(now: Instant) {
    guard pulls.sender.isWaiting else { return }
    let size = transmitter.path.payload
    while let frame = pulls.sender.next({ transmitter.budget.admit(bytes: size, to: $0.number, now: now) }) {
      var records: [SyncRecord] = []
      records.reserveCapacity(frame.rows.count)
      for row in frame.rows { if let record = table.record(at: row, now: now) { records.append(record) } }
      let bulk = SyncFrame.Bulk(
        transfer: frame.transfer, frame: frame.frame, frames: frame.frames, records: records)
      transmitter.send(.bulk(bulk), to: frame.target)
    }
  }
}
