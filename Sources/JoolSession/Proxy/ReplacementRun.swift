internal import JoolCore

/// Replacements that are being carried out: first all their evictions, then the sessions of their winners.
///
/// They are confirmed together.
struct ReplacementRun: Sendable {
  /// The time at which the run began.
  ///
  /// `nil` if nothing is being carried out.
  private(set) var since: Instant?
  /// The number of replacements that had not been tried before.
  private(set) var new = 0
  /// The replacements of which the module refused an eviction.
  private(set) var refused: [Replacement] = []
  private var hasStaticLosers = false
  private var replacements: [Replacement] = []
  private var evictions: [(entry: BIBEntry, replacement: Int)] = []
  private var evicted = 0
  private var isRefused: Set<Int> = []
  /// The sessions of the winners.
  ///
  /// `nil` until all evictions were tried.
  private var batch: ModuleBatch?

  init() {}

  init(_ taken: (run: [Replacement], new: Int), without statics: StaticEntries, now: Instant) {
    since = now
    new = taken.new
    replacements = taken.run
    for (index, replacement) in replacements.enumerated() {
      for entry in replacement.losers {
        if statics.contains(entry) {
          hasStaticLosers = true
        } else {
          evictions.append((entry, index))
        }
      }
    }
  }

  var isFinished: Bool { batch?.isFinished == true }

  /// Whether a static BIB entry prevented an eviction or kept a session out of the module.
  var meetsStatics: Bool { hasStaticLosers || batch?.meetsStatics == true }

  /// Whether all evictions were tried, so that the sessions of the winners come next.
  var isReadyToGive: Bool { since != nil && evicted == evictions.count && batch == nil }

  /// Looks up the winners' sessions, which are given to the module from now on.
  /// - Returns: their rows.
  mutating func beginToGive(from table: SessionTable) -> ContiguousArray<RowKey> {
    let keys = winners(in: table)
    batch = ModuleBatch(keys)
    return keys
  }

  /// The next request; `nil` if none is left.
  mutating func next(_ most: Int, from table: SessionTable, as terms: ModuleTerms, now: Instant)
    -> StoreRequest?
  {
    if evicted < evictions.count { return .evict(evictions[evicted].entry) }
    let sessions = batch?.offer(most, from: table, as: terms, now: now) ?? []
    return sessions.isEmpty ? nil : .add(sessions)
  }

  /// Notes the outcome of a request.
  mutating func finished(_ request: StoreRequest, _ outcome: StoreRequest.Outcome) {
    guard case .evict = request, evicted < evictions.count else {
      batch?.accept()
      return
    }
    let index = evictions[evicted].replacement
    if outcome == .isStatic { hasStaticLosers = true }
    if outcome == .refused, isRefused.insert(index).inserted { refused.append(replacements[index]) }
    evicted += 1
  }

  private func winners(in table: SessionTable) -> ContiguousArray<RowKey> {
    var keys: ContiguousArray<RowKey> = []
    for (index, replacement) in replacements.enumerated() where !isRefused.contains(index) {
      for winner in replacement.winners { keys += table.rowKeys(of: winner) }
    }
    keys.sort()
    return keys
  }
}
