internal import JoolCore

/// The state of the node (`Readiness`), and what follows from it.
extension SyncNode {
  /// How long a starting node must have had no sign of a node with a table before it is the first.
  ///
  /// This is longer than the interval between two hellos, because nodes that do not hear this one do not answer its
  /// hello.
  static let aloneTimer = Duration.milliseconds(1200)
  /// The same time while a starting node with a lower incarnation is heard.
  ///
  /// That node should be the first, but it may be unable to.
  static let lowerStartTimeout = Duration.seconds(5)
  /// The longest delay of `updateState` after a change that is not urgent.
  static let stateUpdatePause = Duration.milliseconds(50)

  /// Updates everything that follows from the version vectors: losses, the state, the right to the addresses, and
  /// deadlines.
  mutating func updateState(now: Instant) {
    isStateCurrent = true
    let before = state
    let known = peers.known(now: now)
    peers.noteKnown(known, now: now, jitter: jitter(upTo: NakTimer.jitter))
    if state == .starting { beFirstIfAlone(now: now) }
    let own = peers.vector(now: now)
    let losses = peers.losses(known: known, now: now)
    readiness.update(own: own, known: known, hasLosses: !losses.isEmpty, module: moduleProgress(), now: now)
    noteTranslation(now: now)
    updateRight(now: now)
    if state != before { hellos.scheduleSoon(now: now) }
    let deadlines = [
      readiness.deadline(own: own, known: known), peers.nextTimeout(now: now),
      state == .starting && !isFirst ? min(firstDue(now: now), now + AloneTimer.interval) : nil,
    ]
    nextStateUpdate = deadlines.compactMap { $0 }.min() ?? now + Self.lowerStartTimeout
    if state != .ready, pulls.receiver == nil { pulls.retry = min(pulls.retry ?? now, now) }
    if nextStateUpdate <= now { nextStateUpdate = now + Self.stateUpdatePause }
  }

  /// Schedules `updateState` after a change that is not urgent.
  mutating func updateStateSoon(now: Instant) { nextStateUpdate = min(nextStateUpdate, now + Self.stateUpdatePause) }

  /// Notes that a pull has ended.
  /// - `isWhole`: whether the node has everything that the source had.
  mutating func pullEnded(isWhole: Bool, now: Instant) {
    if isWhole {
      readiness.fetched()
      pulled = feed.isOpen ? feed.progress.fed : nil
    }
    updateState(now: now)
    if state.hasTable { hellos.scheduleSoon(now: now) }
  }

  /// How much of the table the module has.
  ///
  /// The value of `module` may be older than the end of the last pull, so this also requires that the module has what
  /// the pull brought.
  private mutating func moduleProgress() -> Readiness.ModuleProgress {
    guard let mark = pulled, module == .met else { return module }
    // A feed that was closed meanwhile counts from 0 again. In that case an audit finds what the module lacks.
    guard feed.progress.fed.reaches(mark), !feed.progress.confirmed.reaches(mark) else {
      pulled = nil
      return module
    }
    return .unmet
  }

  /// Makes a starting node the first, if it has had no sign of a node with a table for long enough.
  private mutating func beFirstIfAlone(now: Instant) {
    aloneTimer.look(now: now)
    guard pulls.receiver == nil else { return aloneTimer.end(now: now) }
    if peers.hasSignOfTable(now: now) {
      aloneTimer.end(now: now)
      // While an audit is under way the node stays the first, because the audit would otherwise be left half done.
      if reconciledRows == nil { isFirst = false }
    }
    if firstDue(now: now) <= now { isFirst = true }
    // Wait for the module's table. A peer that fetched this node's table before would take an empty one for complete.
    if isFirst, module == .met || module == .late { readiness.beFirst() }
  }

  /// Notes an update of a sender from which no hello has come.
  ///
  /// It is a sign of a table, because a node that sends records has a table or will have one soon.
  mutating func noteUpdate(ofUnvalidated sender: Incarnation, now: Instant) {
    guard state == .starting, !peers.unvalidated.knows(sender) else { return }
    aloneTimer.end(now: now)
  }

  /// When this node is the first, if there is no sign of a node with a table until then.
  private func firstDue(now: Instant) -> Instant {
    aloneTimer.since + (peers.hasLowerStartingNode(now: now) ? Self.lowerStartTimeout : Self.aloneTimer)
  }

  /// Makes a ready node `mending`, because its table or its module's lacks something.
  mutating func fallBack(because reason: Readiness.Reason) {
    let before = state
    readiness.fallBack(because: reason)
    if state != before { hellos.request() }
    isStateCurrent = false
  }

  /// Notes that the process or the machine was stopped for seconds.
  ///
  /// Peers have timed this node out, and it does not know what they have sent meanwhile.
  /// - `duration`: the length of the pause.
  mutating func slept(for duration: Duration, now: Instant) {
    // Check the peers that were heard when the pause began.
    let hadRival = peers.heard(now: now - duration).contains { $0.hello.may }
    peers.timeOutAll(now: now)
    table.expire(now: now)
    // Drop the C proxies' records, because they may be outdated now, and the other nodes have received them, too.
    pendingLegacySessions = PendingLegacySessions()
    readiness.slept(now: now)
    right.slept(hadRival: hadRival, pause: Readiness.awakening, now: now)
    updateState(now: now)
    hellos.scheduleSoon(now: now)
  }

  mutating func noteTranslation(now: Instant) {
    isTranslating = lastAnnouncement.map { now - $0 < Self.translationMemory } ?? false
  }
}
