internal import JoolCore

/// Makes the bytes of a snapshot, block by block.
///
/// It has a copy of the table's rows as they were when it was made, so a thread of its own may take the blocks. Rows that
/// neither has changed are shared with the table.
public struct SnapshotEncoder: Sendable {
  /// The description of the snapshot.
  public let snapshot: TableSnapshot
  private var rows: RowStore
  private let clock: TickClock
  private let removals: [Removal]
  private let now: Instant
  private var checksum = Checksum()
  private var nextChunk = 0
  private var stage = Stage.header

  private enum Stage { case header, records, checksum, end }

  /// The number of chunks of rows in a block, which has at most 720 KB then.
  private static let chunksPerBlock = 64

  /// Begins a snapshot of the sessions and removals that a table has at `now`.
  /// - Parameters:
  ///   - snapshot: the description of the snapshot. Its count is set.
  ///   - table: the table. Sessions that have expired are written, too, unless they were removed.
  ///   - now: the time at which the snapshot is taken.
  public init(_ snapshot: TableSnapshot, of table: SessionTable, now: Instant) {
    var snapshot = snapshot
    removals = table.allRemovals(now: now)
    snapshot.count = UInt64(table.count)
    snapshot.removals = UInt64(removals.count)
    self.snapshot = snapshot
    (rows, clock, self.now) = (table.rows, table.clock, now)
  }

  /// The next bytes of the file; `nil` at its end.
  public mutating func next() -> [UInt8]? {
    switch stage {
    case .header:
      stage = .records
      var writer = ByteWriter(capacity: TableSnapshot.maxHeaderSize + removals.count * SyncRecord.size)
      writer.append(contentsOf: snapshot.header)
      writer.append(records: removals.map { SyncRecord($0) })
      return summed(writer.bytes)
    case .records:
      var writer = ByteWriter(capacity: Self.chunksPerBlock * RowStore.chunkSize * SyncRecord.size)
      let end = min(nextChunk + Self.chunksPerBlock, rows.chunkCount)
      while nextChunk < end {
        // The chunk is given up, so that the table need not copy it any more when it changes.
        for row in rows.takeChunk(nextChunk) where !row.isFree { append(row, to: &writer) }
        nextChunk += 1
      }
      if nextChunk == rows.chunkCount { stage = .checksum }
      return summed(writer.bytes)
    case .checksum:
      stage = .end
      return checksum.bytes
    case .end: return nil
    }
  }

  private mutating func summed(_ bytes: [UInt8]) -> [UInt8] {
    checksum.add(bytes.span.bytes)
    return bytes
  }

  private func append(_ row: SessionRow, to writer: inout ByteWriter) {
    // A C proxy's session that no node has given a version yet is as old as the snapshot.
    let version =
      row.version == .unassigned ? Version(milliseconds: snapshot.taken.timeOfDay, tag: 0) : row.version
    writer.appendBigEndian(UInt128(row.source6High) << 64 | UInt128(row.source6Low))
    writer.appendBigEndian(UInt64(row.source4) << 32 | UInt64(row.destination4))
    writer.appendBigEndian(clock.remaining(until: row.expires, now: now).rawValue)
    writer.appendBigEndian(
      UInt64(row.port6) << 48 | UInt64(row.port4) << 32 | UInt64(row.destinationPort) << 16
        | UInt64(row.protoBits) << 5 | UInt64(row.stateAndTimer))
    writer.appendBigEndian(version.rawValue)
  }
}
