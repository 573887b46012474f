internal import JoolCore

/// The sessions of a snapshot in memory.
package struct SavedTable: Sendable {
  /// The description of the snapshot.
  package let snapshot: TableSnapshot
  /// The sessions, with the times left of the snapshot at the instant `taken`.
  package internal(set) var table: SessionTable
  /// The instant on the table's clock at which the snapshot was taken.
  package let taken: Instant

  /// The instant on the table's clock that is as long after the snapshot as `moment` is.
  ///
  /// `taken` if it is not known how much time has passed (`SnapshotMoment.Elapsed.clockIsBehind`). No session has more
  /// than 50 days left, so a longer time makes no difference.
  package func instant(at moment: SnapshotMoment) -> Instant {
    let milliseconds = min(snapshot.taken.elapsed(to: moment).milliseconds, UInt64(UInt32.max) + 1)
    return taken + .milliseconds(Int64(milliseconds))
  }

  /// Keeps the masks in order from now on, so that lists begin anywhere at once.
  package mutating func keepMasksInOrder() { table.keepMasksInOrder() }

  /// Removes the sessions that have expired at `instant`.
  /// - Returns: how many there were.
  @discardableResult
  package mutating func expire(at instant: Instant) -> Int { table.expire(now: instant) }
}

/// Reads the bytes of a snapshot into a table, block by block.
package struct SavedTableReader: Sendable {
  private var decoder = SnapshotDecoder()
  private var table: SessionTable?
  private let taken: Instant

  /// Creates a reader that has read nothing yet.
  /// - Parameter now: the present time, which becomes `SavedTable.taken`.
  package init(now: Instant) { taken = now }

  /// Reads the next bytes of the file.
  /// - Parameter bytes: the bytes that follow those of the last call; any number.
  /// - Throws: `SnapshotError`, after which nothing more can be read.
  package mutating func read(_ bytes: RawSpan) throws(SnapshotError) {
    var records: [TableRecord] = []
    try decoder.read(bytes) { records.append($0) }
    if table == nil, let pool6 = decoder.snapshot?.pool6 { table = SessionTable(pool6: pool6, now: taken) }
    for record in records {
      switch record {
      case .session(let session):
        switch table?.upsert(session.entry, origin: session.origin, version: session.version, now: taken) {
        case .inserted, nil: continue
        case .updated, .conflict, .ended, .refused: throw .malformed("two records contradict each other.")
        }
      case .removal(let removal):
        switch table?.remember(removal, now: taken) {
        case .taken(ended: []), nil: continue
        case .taken, .outdated, .repeated, .refused: throw .malformed("two records contradict each other.")
        }
      }
    }
  }

  /// The table, after the end of the file.
  /// - Throws: `SnapshotError.truncated` if the file has ended too early.
  package func finish() throws(SnapshotError) -> SavedTable {
    try decoder.finish()
    guard let table, let snapshot = decoder.snapshot else { throw .truncated }
    return SavedTable(snapshot: snapshot, table: table, taken: taken)
  }
}
