internal import JoolCore

/// Makes the module agree with the table.
///
/// The input is what has changed: rows of the table, and BIB entries that contradict it. A session is read from the
/// table at the moment at which it is given to the module, so the module never gets an outdated one. Replacements come
/// first, because flows wait for them. The sessions that an audit found missing come second, and new and changed
/// sessions last.
struct ModuleFeed: Sendable {
  private(set) var terms: ModuleTerms
  /// The number of sessions that were queued although they were waiting already.
  private(set) var superseded: UInt64 = 0
  /// Whether a static BIB entry has kept a session of the group out of the module since the last refill began.
  private(set) var meetsStatics = false
  /// Whether anything may be written to the module.
  ///
  /// False until the module's table has been read, because it may have newer sessions than the peers.
  private(set) var isOpen = false
  private(set) var progress = FeedProgress()

  private var additions = AdditionQueue()
  private var replacements = ReplacementQueue()
  private var refill: TableRefill?
  private var run = ReplacementRun()
  /// The rows of the refill, or of the additions, that are being given to the module.
  private var batch = ModuleBatch()
  /// The number of additions that `batch` confirms; 0 for a refill.
  private var batchCount: UInt64 = 0
  /// The time since which `batch` has been due; `nil` if nothing is being given.
  private var batchSince: Instant?

  init(limits: SessionLimits) { terms = ModuleTerms(own: limits) }

  // MARK: Input

  /// Queues the session in `row`, because the module may lack it or may have it with other contents.
  mutating func agree(_ row: UInt32, now: Instant) {
    guard isOpen else { return }
    if additions.insert(row, now: now) {
      progress.fed.additions += 1
    } else {
      superseded += 1
    }
  }

  /// Queues the eviction of BIB entries that the module has, or may have, and that contradict the table's `winners`.
  ///
  /// Afterwards the module gets all the table's sessions of the winners. If the queue is full, the next audit finds the
  /// contradiction.
  mutating func agree(evicting losers: [BIBEntry], by winners: [BIBEntry], now: Instant) {
    guard isOpen else { return }
    if replacements.append(Replacement(losers: losers, winners: winners), now: now) {
      progress.fed.replacements = replacements.entered
    } else {
      progress.needsRefill = true
    }
  }

  /// Starts a refill: the module lacks the sessions of all rows that are not in `present`.
  mutating func beginRefill(without present: RowSet, now: Instant) {
    guard isOpen else { return }
    refill = TableRefill(without: present, since: now)
    meetsStatics = false
    progress.fed.refills += 1
  }

  /// Allows writing to the module: its table was read, and is going to be compared with ours.
  mutating func open() { isOpen = true }

  /// Stops writing to the module and drops what is queued, because the module is gone or takes no sessions.
  ///
  /// The dropped sessions are read from the table when there is a module again.
  mutating func close() {
    let (terms, superseded) = (terms, superseded)
    self = ModuleFeed(limits: terms.own)
    (self.terms, self.superseded) = (terms, superseded)
  }

  /// Notes that the module may lack sessions of the table.
  mutating func requestRefill() { progress.needsRefill = true }

  /// Notes that an audit begins, which finds out what the module lacks.
  mutating func willRefill() { progress.needsRefill = false }

  /// Replaces the known static BIB entries of the module.
  ///
  /// `statics` must contain all of them.
  mutating func use(_ statics: StaticEntries) { terms.statics = statics }

  /// Replaces the timeouts of this node's module and of the peers, by the peers' numbers.
  mutating func use(_ limits: SessionLimits, peers: [(UInt8, SessionLimits)]) { terms.use(limits, peers: peers) }

  /// Makes the present batch of additions due at once, because the module's mark waits for it.
  mutating func hurry() { additions.hurry() }

  // MARK: Output

  var isRefilling: Bool { refill != nil }

  /// The time at which `next` has something to do; it may be in the past.
  ///
  /// `nil` if there is nothing to do.
  var deadline: Instant? {
    guard isOpen else { return nil }
    if let since = run.since ?? batchSince ?? refill?.since { return since }
    guard let replacement = replacements.deadline else { return additions.deadline }
    return additions.deadline.map { min($0, replacement) } ?? replacement
  }

  func isDue(now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  /// The next request for the module.
  ///
  /// It stays the same until `finished` reports its outcome.
  /// - `most`: the maximum number of sessions in a request.
  mutating func next(_ most: Int, from table: SessionTable, now: Instant) -> StoreRequest? {
    while isDue(now: now) {
      if run.since == nil, let due = replacements.deadline, due <= now {
        run = ReplacementRun(replacements.take(now: now), without: terms.statics, now: now)
      }
      if run.isReadyToGive { for key in run.beginToGive(from: table) { additions.forget(key.row) } }
      if run.since != nil {
        if let request = run.next(most, from: table, as: terms, now: now) { return request }
        finishRun(now: now)
        continue
      }
      if batchSince == nil { takeBatch(from: table, now: now) }
      // A refill needs several turns to find the sessions that the module lacks.
      guard batchSince != nil else { return nil }
      let sessions = batch.offer(most, from: table, as: terms, now: now)
      guard sessions.isEmpty else { return .add(sessions) }
      finishBatch()
    }
    return nil
  }

  /// Notes the outcome of a request.
  mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome, now: Instant) {
    guard outcome != .failed else { return close() }
    if case .evict(var entry) = request, outcome == .isStatic {
      entry.isStatic = true
      terms.statics.note([entry])
    }
    if run.since != nil {
      run.finished(request, outcome)
      if run.isFinished { finishRun(now: now) }
    } else if case .add = request {
      batch.accept()
      if batch.isFinished { finishBatch() }
    }
  }

  private mutating func finishRun(now: Instant) {
    for replacement in run.refused { replacements.putBack(replacement, now: now) }
    meetsStatics = meetsStatics || run.meetsStatics
    progress.confirmed.replacements += UInt64(run.new)
    progress.hasRefusals = replacements.refusedCount > 0
    run = ReplacementRun()
  }

  private mutating func takeBatch(from table: SessionTable, now: Instant) {
    if refill != nil {
      guard refill?.collect(from: table, isWaiting: { [additions] in additions.contains($0) }) == true else { return }
      batch = ModuleBatch(refill?.take() ?? [])
      batchSince = now
    } else if let deadline = additions.deadline, deadline <= now {
      let (rows, entered) = additions.take(now: now)
      var keys: ContiguousArray<RowKey> = []
      keys.reserveCapacity(rows.count)
      for row in rows { if let key = table.key(of: row) { keys.append(key) } }
      keys.sort()
      batch = ModuleBatch(keys)
      batchCount = UInt64(entered)
      batchSince = now
    }
  }

  private mutating func finishBatch() {
    meetsStatics = meetsStatics || batch.meetsStatics
    progress.confirmed.additions += batchCount
    if refill?.isFinished == true {
      refill = nil
      progress.confirmed.refills = progress.fed.refills
    }
    batch = ModuleBatch()
    (batchCount, batchSince) = (0, nil)
  }
}
