import JoolCore

/// One reading of an instance's pool4, bindings and sessions, a page at a time.
struct TopReading {
  private enum Stage { case pool4, bindings, sessions }

  let selection: RowSelection
  private(set) var summary: TableSummary
  private(set) var pool4 = Pool4Use([])
  /// The number of rows that were read.
  private(set) var rows = 0
  private var comparison: ReadingComparison
  private var stage = Stage.pool4
  private var poolProtocols: ArraySlice<L4Protocol>
  private var poolEntries: [Pool4Entry] = []
  private var lastPoolEntry: Pool4Entry?
  private var bindings: TableSearch<BIBEntry>
  private var sessions: TableSearch<SessionEntry>
  private let isSelective: Bool

  /// Begins a reading.
  /// - `previous`: The sessions of the reading before, if it had the same filter.
  init(_ selection: RowSelection, by grouping: TopGrouping, previous: [UInt128]?) {
    self.selection = selection
    summary = TableSummary(by: grouping)
    comparison = ReadingComparison(previous: previous)
    let protocols = selection.filter.possibleProtocols
    poolProtocols = protocols[...]
    // These criteria end a search early. The others are for `step`, which must return after a page without a fit, too.
    var part = SessionFilter(protocols: Set(protocols), source4: selection.filter.source4)
    sessions = TableSearch(part)
    isSelective = selection.filter.isSelective
    // The use of an address is that of all its ports.
    part.source4 = selection.filter.source4.map { TransportRange($0.prefix) }
    bindings = TableSearch(part)
  }

  /// The sessions, for the next reading.
  var keys: [UInt128] { comparison.keys }

  /// Whether beginnings and ends of sessions are known.
  var isComparable: Bool { comparison.isComparable }

  /// Reads the next page.
  ///
  /// Blocks until the module has answered.
  /// - Returns: Whether the reading is complete.
  mutating func step<Transport: KernelTransport & ~Copyable>(
    from client: inout JoolClient<Transport>
  ) throws(JoolError) -> Bool {
    switch stage {
    case .pool4: try readPool4(from: &client)
    case .bindings:
      guard let page = try bindings.next(from: &client) else {
        stage = .sessions
        return false
      }
      rows += page.count
      for entry in page { pool4.count(entry.source4, entry.proto) }
    case .sessions:
      guard let page = try sessions.next(from: &client) else {
        comparison.finish()
        summary.setEnded(comparison.ended)
        return true
      }
      rows += page.count
      for session in page where !isSelective || selection.filter.matches(session) {
        summary.add(session, isNew: comparison.isNew(session))
      }
    }
    return false
  }

  private mutating func readPool4<Transport: KernelTransport & ~Copyable>(
    from client: inout JoolClient<Transport>
  ) throws(JoolError) {
    guard let proto = poolProtocols.first else {
      pool4 = Pool4Use(poolEntries)
      poolEntries = []
      stage = .bindings
      return
    }
    let (entries, hasMore) = try client.pool4Entries(of: proto, after: lastPoolEntry)
    // An entry overlaps the filter's addresses if one of the two prefixes contains the other.
    let wanted = selection.filter.source4?.prefix
    poolEntries += entries.filter { entry in
      wanted.map { $0.contains(entry.prefix.address) || entry.prefix.contains($0.address) } ?? true
    }
    lastPoolEntry = hasMore ? entries.last : nil
    if !hasMore { poolProtocols.removeFirst() }
  }
}
