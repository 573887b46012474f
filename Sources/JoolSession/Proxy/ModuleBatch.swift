internal import JoolCore

/// Rows whose sessions are being given to the module, one request at a time.
struct ModuleBatch: Sendable {
  private let keys: ContiguousArray<RowKey>
  /// The number of rows that are done.
  private var taken = 0
  /// The number of rows that are done when the present request is.
  private var offered = 0
  /// Whether a static BIB entry kept a session out of the module.
  private(set) var meetsStatics = false

  init(_ keys: ContiguousArray<RowKey> = []) { self.keys = keys }

  var isFinished: Bool { taken >= keys.count }

  /// The sessions of the next request, as they are in the table now.
  ///
  /// Their rows stay the same until `accept()`. Empty if nothing is left.
  mutating func offer(_ most: Int, from table: SessionTable, as terms: ModuleTerms, now: Instant)
    -> [SessionEntry]
  {
    guard taken < keys.count else { return [] }
    var sessions: [SessionEntry] = []
    sessions.reserveCapacity(min(most, keys.count - taken))
    offered = taken
    while offered < keys.count, sessions.count < most {
      let known = table.session(at: SessionHandle(number: keys[offered].row), now: now)
      offered += 1
      guard let known else { continue }
      if terms.statics.contradict(known.entry.bibEntry) {
        meetsStatics = true
      } else if let session = terms.share(of: known) {
        sessions.append(session)
      }
    }
    if sessions.isEmpty { taken = offered }
    return sessions
  }

  /// Notes that the module has taken the sessions of the present request.
  mutating func accept() { taken = offered }
}
