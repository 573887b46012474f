internal import JoolCore

/// The state of the node (`Readiness`), and what follows from it.
extension SyncNode {
  /// The longest time between two updates of the state.
  static let longestPause = TimeAmount.seconds(5)

  /// Updates everything that follows from the version vectors: losses, the state, the right to the addresses, and
  /// deadlines.
  mutating func updateState(now: Instant) {
    let before = state
    let known = peers.known(now: now)
    peers.noteKnown(known, now: now, jitter: jitter(upTo: NakTimer.jitter))
    if state == .starting { beFirstIfAlone(now: now) }
    let own = peers.vector(now: now)
    let losses = peers.losses(known: known, now: now)
    let progress = module.progress(of: feed.progress)
    readiness.update(own: own, known: known, hasLosses: !losses.isEmpty, module: progress, now: now)
    module.updateTranslation(now: now)
    updateRight(now: now)
    if state != before { transmitter.hellos.scheduleSoon(now: now) }
    let deadlines = [
      readiness.deadline(own: own, known: known), peers.nextTimeout(now: now),
      state == .starting
        ? readiness.bootstrap.deadline(in: company(now: now), now: now) : nil,
    ]
    if state != .ready, !pulls.isPulling { pulls.retry(before: now) }
    let next = deadlines.compactMap { $0 }.min() ?? now + Self.longestPause
    readiness.timer.updated(next: next, now: now)
  }

  /// Notes that a pull has ended.
  /// - `isWhole`: whether the node has everything that the source had.
  mutating func pullEnded(isWhole: Bool, now: Instant) {
    if isWhole {
      readiness.fetched()
      module.pullEnded(at: feed.isOpen ? feed.progress.fed : nil)
    }
    updateState(now: now)
    if state.hasTable { transmitter.hellos.scheduleSoon(now: now) }
  }

  /// Makes a starting node the first, if it has had no sign of a node with a table for long enough.
  private mutating func beFirstIfAlone(now: Instant) {
    let isPulling = pulls.isPulling
    readiness.bootstrap.update(
      isPulling: isPulling, hasSignOfTable: peers.hasSignOfTable(now: now),
      company: company(now: now), isAuditing: isAuditing, now: now)
    // A mirror that has kept a table is the first only once no hello mentions a node with a table any more.
    if readiness.bootstrap.hasLostSign { transmitter.hellos.scheduleSoon(now: now) }
    // Wait for the module's table. A peer that fetched this node's table before would take an empty one for complete.
    if isFirst, !isPulling, [.met, .late].contains(module.progress) { readiness.beFirst() }
  }

  /// What this node waits for before it is the first.
  private func company(now: Instant) -> Bootstrap.Company {
    if peers.hasLowerStartingNode(now: now) { return .lowerStart }
    return hasPeersByAddress && peers.hasHeardNobody ? .silentPeers : .unknown
  }

  /// Notes an update of a sender from which no hello has come.
  ///
  /// It is a sign of a table, because a node that sends records has a table or will have one soon.
  mutating func noteUpdate(ofUnvalidated sender: Incarnation, now: Instant) {
    guard state == .starting, !peers.unvalidated.knows(sender) else { return }
    readiness.bootstrap.noteSign(now: now)
  }

  /// Makes a ready node `mending`, because its table or its module's lacks something.
  mutating func fallBack(because reason: Readiness.Reason) {
    let before = state
    readiness.fallBack(because: reason)
    if state != before { transmitter.hellos.request() }
    readiness.timer.request()
  }

  /// Notes that the process or the machine was stopped for seconds.
  ///
  /// Peers have timed this node out, and it does not know what they have sent meanwhile.
  /// - `duration`: the length of the pause.
  mutating func slept(for duration: TimeAmount, now: Instant) {
    // Check the peers that were heard when the pause began.
    let hadRival = peers.heard(now: now - duration).contains { $0.hello.may }
    peers.timeOutAll(now: now)
    table.expire(now: now)
    records.slept()
    readiness.slept(now: now)
    right.slept(hadRival: hadRival, pause: Readiness.awakening, now: now)
    updateState(now: now)
    transmitter.hellos.scheduleSoon(now: now)
  }
}
