package import JoolCore

/// Collects the sessions of a table that is read page by page, and makes a snapshot of them.
package struct SessionCollection: Sendable {
  private var table: SessionTable

  /// Creates an empty collection.
  ///
  /// `nil` if pool6's length is none of RFC 6052's.
  package init?(pool6: IPv6Prefix, now: Instant) {
    guard let table = SessionTable(pool6: pool6, now: now) else { return nil }
    self.table = table
  }

  /// The number of sessions so far.
  package var count: Int { table.count }

  /// Adds a page that was read at `now`.
  ///
  /// The table may change between two pages. So a page may have sessions that contradict those of an earlier page, and
  /// then replaces them.
  package mutating func add(_ page: [SessionEntry], now: Instant) {
    for session in page {
      guard case .conflict = table.upsert(session, now: now) else { continue }
      for entry in table.conflicts(with: session) { table.removeSessions(of: entry) }
      _ = table.upsert(session, now: now)
    }
  }

  /// Begins a snapshot of the sessions that have not expired at `now`.
  /// - Parameters:
  ///   - snapshot: the description of the snapshot, whose count is set.
  ///   - now: the present time.
  /// - Returns: what encodes it.
  package mutating func encoder(for snapshot: TableSnapshot, now: Instant) -> SnapshotEncoder {
    table.expire(now: now)
    return SnapshotEncoder(snapshot, of: table, now: now)
  }
}
