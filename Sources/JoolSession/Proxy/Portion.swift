internal import JoolCore

/// Rows whose sessions are being given, a request at a time.
struct Portion: Sendable {
  private let keys: ContiguousArray<RowKey>
  /// The module has taken what was before it.
  private var taken = 0
  /// What is before it is in the request that the module was given.
  private var offered = 0
  /// Whether a static BIB entry kept a session out.
  private(set) var meetsStatics = false

  init(_ keys: ContiguousArray<RowKey> = []) { self.keys = keys }

  var isFinished: Bool { taken >= keys.count }

  /// The next sessions, as the table has them now: the same ones until `accept()`. None if nothing is left.
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

  /// The module has taken what was offered.
  mutating func accept() { taken = offered }
}
