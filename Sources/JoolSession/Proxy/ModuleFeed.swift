internal import JoolCore

/// Makes the module agree with the table.
///
/// What enters is what has changed: rows of the table, BIB entries that contradict it. What the module is given is read
/// from the table when it is given, so nothing outdated gets there. Replacements come first, since flows wait for them,
/// then what the module was found to lack, then the news.
struct ModuleFeed: Sendable {
  var terms: ModuleTerms
  /// How often something was to be given that waited already.
  private(set) var superseded: UInt64 = 0
  /// Whether a static BIB entry has kept a session of the group out of the module since the module was last given what
  /// it lacked.
  private(set) var meetsStatics = false
  /// Whether the module may be told anything: what it has may be newer than what peers say, so that is read first.
  private(set) var isOpen = false
  private(set) var progress = FeedProgress()

  private var additions = AdditionQueue()
  private var replacements = ReplacementQueue()
  private var refill: TableRefill?
  private var run = ReplacementRun()
  /// Of the refill or of the additions.
  private var portion = Portion()
  /// How many additions `portion` has.
  private var portionCount: UInt64 = 0
  /// Since when `portion` is to be given; `nil` if nothing is.
  private var portionSince: Instant?

  init(limits: SessionLimits) { terms = ModuleTerms(own: limits) }

  // MARK: What enters

  /// The table has what the module may not have: the session in `row`.
  mutating func agree(_ row: UInt32, now: Instant) {
    guard isOpen else { return }
    if additions.insert(row, now: now) {
      progress.fed.additions += 1
    } else {
      superseded += 1
    }
  }

  /// BIB entries that the module has, or may have, contradict the table's `winners`. Afterwards the module gets all the
  /// table's sessions of those.
  mutating func agree(evicting losers: [BIBEntry], by winners: [BIBEntry], now: Instant) {
    guard isOpen else { return }
    if replacements.append(Replacement(losers: losers, winners: winners), now: now) {
      progress.fed.replacements = replacements.entered
    } else {
      progress.needsRefill = true
    }
  }

  /// The module lacks what is in no row of `present`.
  mutating func beginRefill(without present: RowSet, now: Instant) {
    guard isOpen else { return }
    refill = TableRefill(without: present, since: now)
    meetsStatics = false
    progress.fed.refills += 1
  }

  /// The module's table was read, and is going to be compared with ours.
  mutating func open() { isOpen = true }

  /// The module is gone, or takes nothing. What was on its way is read from the table when there is a module again.
  mutating func close() {
    let (terms, superseded) = (terms, superseded)
    self = ModuleFeed(limits: terms.own)
    (self.terms, self.superseded) = (terms, superseded)
  }

  /// The module may lack sessions of the table.
  mutating func moduleMayLack() { progress.needsRefill = true }

  /// An audit is going to find out what the module lacks.
  mutating func willRefill() { progress.needsRefill = false }

  /// The static BIB entries of the module, all of them.
  mutating func use(_ statics: StaticEntries) { terms.statics = statics }

  /// Somebody waits for what is gathering.
  mutating func hurry() { additions.hurry() }

  // MARK: What leaves

  var isRefilling: Bool { refill != nil }

  /// When `next(…)` has something to do, perhaps in the past.
  var deadline: Instant? {
    guard isOpen else { return nil }
    if let since = run.since ?? portionSince ?? refill?.since { return since }
    guard let replacement = replacements.deadline else { return additions.deadline }
    return additions.deadline.map { min($0, replacement) } ?? replacement
  }

  func isDue(now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  /// What the module should be asked for now: the same until `finished` says what became of it.
  /// - Parameter most: sessions in a request.
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
      if portionSince == nil { takePortion(from: table, now: now) }
      // What the module lacks takes some turns to find.
      guard portionSince != nil else { return nil }
      let sessions = portion.offer(most, from: table, as: terms, now: now)
      guard sessions.isEmpty else { return .add(sessions) }
      finishPortion()
    }
    return nil
  }

  /// What became of a request.
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
      portion.accept()
      if portion.isFinished { finishPortion() }
    }
  }

  private mutating func finishRun(now: Instant) {
    for replacement in run.refused { replacements.putBack(replacement, now: now) }
    meetsStatics = meetsStatics || run.meetsStatics
    progress.confirmed.replacements += UInt64(run.new)
    progress.hasRefusals = replacements.refusedCount > 0
    run = ReplacementRun()
  }

  private mutating func takePortion(from table: SessionTable, now: Instant) {
    if refill != nil {
      guard refill?.collect(from: table, isWaiting: { [additions] in additions.contains($0) }) == true else { return }
      portion = Portion(refill?.take() ?? [])
      portionSince = now
    } else if let deadline = additions.deadline, deadline <= now {
      let (rows, entered) = additions.take(now: now)
      var keys: ContiguousArray<RowKey> = []
      keys.reserveCapacity(rows.count)
      for row in rows { if let key = table.key(of: row) { keys.append(key) } }
      keys.sort()
      portion = Portion(keys)
      portionCount = UInt64(entered)
      portionSince = now
    }
  }

  private mutating func finishPortion() {
    meetsStatics = meetsStatics || portion.meetsStatics
    progress.confirmed.additions += portionCount
    if refill?.isFinished == true {
      refill = nil
      progress.confirmed.refills = progress.fed.refills
    }
    portion = Portion()
    (portionCount, portionSince) = (0, nil)
  }
}
