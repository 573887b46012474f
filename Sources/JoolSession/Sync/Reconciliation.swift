internal import JoolCore

/// What an audit has still to compare, and which sessions of the module are surely newer than the table's.
struct Reconciliation: Sendable {
  /// The rows that the audit under way need not compare any more, because it has compared them, or because a record
  /// that came meanwhile is newer than what it reads; `nil` if there is no audit.
  private var rows: RowSet?
  /// The sessions that the module announced before the node had a table, when its versions may have been too low.
  private(set) var early = EarlyAnnouncements()
  /// When the node started.
  ///
  /// The module has announced all packets since then.
  let since: Instant

  init(since: Instant) { self.since = since }

  var isUnderWay: Bool { rows != nil }

  mutating func begin() { rows = RowSet() }

  /// Excludes a row from the audit under way.
  /// - Returns: whether the row was still to be compared. Without an audit each row is.
  @discardableResult
  mutating func exclude(_ row: UInt32) -> Bool { rows?.insert(row) ?? true }

  /// Notes a session that the module announces before the node has a table.
  mutating func announcedEarly(_ session: SessionEntry, now: Instant) { early.insert(session, now: now) }

  /// Whether the module announced the session before the node had a table.
  func wasAnnouncedEarly(_ session: SessionEntry) -> Bool { early.contains(SessionKey(session)) }

  /// Ends the audit.
  /// - Returns: the rows that the module has, or gets in any case; `nil` if there was no audit.
  mutating func end() -> RowSet? {
    defer { (rows, early) = (nil, EarlyAnnouncements()) }
    return rows
  }
}
