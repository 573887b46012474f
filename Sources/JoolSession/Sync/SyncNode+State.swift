internal import JoolCore

/// How far the node is (`Readiness`), and whether it may have the addresses (`AddressRight`).
extension SyncNode {
  /// A starting node is the first if it has heard of nobody with a table for this long: longer than the pause between two hellos, because
  /// those that do not hear this node do not answer it.
  static let solitude = Duration.milliseconds(1200)
  /// The same if another starting node has a lower number: that one comes first, but perhaps it is not able to.
  static let patience = Duration.seconds(5)
  /// While the node mends, updates make it look at the state this often.
  static let settlingPause = Duration.milliseconds(50)

  /// Looks at what is known, what is lacking, and what follows from that.
  mutating func settle(now: Instant) {
    isSettled = true
    let before = state
    let known = peers.known(now: now)
    peers.noteKnown(known, now: now, jitter: jitter(upTo: UpdateStream.jitter))
    if state == .starting { beFirstIfAlone(now: now) }
    let own = peers.vector(now: now)
    let losses = peers.losses(known: known, now: now)
    readiness.update(own: own, known: known, hasLosses: !losses.isEmpty, module: moduleProgress(), now: now)
    noteTranslation(now: now)
    updateRight(now: now)
    if state != before { helloSoon(now: now) }
    let deadlines = [
      readiness.deadline(own: own, known: known), peers.nextTimeout(now: now),
      state == .starting && !isFirst ? min(firstDue(now: now), now + Solitude.interval) : nil,
    ]
    nextSettling = deadlines.compactMap { $0 }.min() ?? now + Self.patience
    if state != .ready, pulls.receiver == nil { pulls.retry = min(pulls.retry ?? now, now) }
    if nextSettling <= now { nextSettling = now + Self.settlingPause }
  }

  /// Something has changed that is not urgent.
  mutating func settleSoon(now: Instant) { nextSettling = min(nextSettling, now + Self.settlingPause) }

  /// A pull has ended.
  /// - Parameter isWhole: whether the node has what the source had.
  mutating func pullEnded(isWhole: Bool, now: Instant) {
    if isWhole {
      readiness.fetched()
      pulled = feed.isOpen ? feed.progress.fed : nil
    }
    settle(now: now)
    if state.hasTable { helloSoon(now: now) }
  }

  /// Whoever looked at the module last did so before the pull ended. What the pull brought must be in the module, too.
  private mutating func moduleProgress() -> Readiness.ModuleProgress {
    guard let mark = pulled, module == .met else { return module }
    // A feed that was closed meanwhile counts anew, and an audit finds out what the module lacks.
    guard feed.progress.fed.reaches(mark), !feed.progress.confirmed.reaches(mark) else {
      pulled = nil
      return module
    }
    return .unmet
  }

  private mutating func beFirstIfAlone(now: Instant) {
    solitude.look(now: now)
    guard pulls.receiver == nil else { return solitude.end(now: now) }
    if peers.hearsOfTable(now: now) {
      solitude.end(now: now)
      // An audit that has begun is not left half done.
      if settled == nil { isFirst = false }
    }
    if firstDue(now: now) <= now { isFirst = true }
    // Whoever fetched its table before would take nothing for all there is.
    if isFirst, module == .met || module == .late { readiness.beFirst() }
  }

  /// An update came from somebody of whom no hello has come. Whoever sends records has a table, or is about to have one.
  mutating func hearsUpdate(ofStranger sender: Incarnation, now: Instant) {
    guard state == .starting, !peers.unvalidated.knows(sender) else { return }
    solitude.end(now: now)
  }

  private func firstDue(now: Instant) -> Instant {
    solitude.since + (peers.hearsLowerStart(now: now) ? Self.patience : Self.solitude)
  }

  /// The table or the module's lacks something: the node is not ready until that is mended.
  mutating func fallBack(because reason: Readiness.Reason) {
    let before = state
    readiness.fallBack(because: reason)
    if state != before { isHelloDue = true }
    isSettled = false
  }

  /// The process was stopped for seconds, or the machine was: peers took this node for gone, and it knows nothing of them.
  /// - Parameter duration: for how long.
  mutating func slept(for duration: Duration, now: Instant) {
    // Those that were there when it fell asleep.
    let hadRival = peers.heard(now: now - duration).contains { $0.hello.may }
    peers.timeOutAll(now: now)
    table.expire(now: now)
    // The other nodes have heard C proxies, too, and what this one would say now may be outdated.
    legacyWords = LegacyWords()
    readiness.slept(now: now)
    right.slept(hadRival: hadRival, pause: Readiness.awakening, now: now)
    settle(now: now)
    helloSoon(now: now)
  }

  mutating func noteTranslation(now: Instant) {
    isTranslating = lastAnnouncement.map { now - $0 < Self.translationMemory } ?? false
  }
}
