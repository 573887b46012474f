internal import JoolCore

/// Reads the bytes of a snapshot, block by block.
///
/// Only `finish()` shows that the whole file is right. So read a file to the end first, and again for its sessions.
public struct SnapshotDecoder: Sendable {
  /// The description of the snapshot; `nil` until its bytes have arrived.
  public private(set) var snapshot: TableSnapshot?
  private var waiting: [UInt8] = []
  private var checksum = Checksum()
  private var remaining: UInt64 = 0
  private var isComplete = false

  /// Creates a decoder that has read nothing yet.
  public init() {}

  /// Reads the next bytes of the file.
  /// - Parameters:
  ///   - bytes: the bytes that follow those of the last call; any number.
  ///   - body: gets the sessions and removals that are complete now, with the times left that they had when the snapshot was taken.
  /// - Throws: `SnapshotError`, after which nothing more can be read.
  public mutating func read(
    _ bytes: RawSpan, _ body: (TableRecord) -> Void
  ) throws(SnapshotError) {
    waiting += bytes.copied()
    var position = 0
    if snapshot == nil {
      guard let size = try headerSize, waiting.count >= size else { return }
      let description = try TableSnapshot(header: waiting.span.bytes.extracting(first: size))
      let (records, overflow) = description.count.addingReportingOverflow(description.removals)
      guard !overflow else { throw .damaged }
      (snapshot, remaining, position) = (description, records, size)
    }
    guard let pool6 = snapshot?.pool6 else { return }
    while remaining > 0, waiting.count - position >= SyncRecord.size {
      body(try Self.record(waiting.span.bytes.extracting(position..<position + SyncRecord.size), pool6: pool6))
      position += SyncRecord.size
      remaining -= 1
    }
    var sum = checksum
    sum.add(waiting.span.bytes.extracting(first: position))
    checksum = sum
    waiting.removeFirst(position)
    guard remaining == 0 else { return }
    guard waiting.count <= TableSnapshot.checksumSize else { throw .tooLong }
    guard waiting.count == TableSnapshot.checksumSize else { return }
    guard waiting == checksum.bytes else { throw .damaged }
    isComplete = true
  }

  /// Notes the end of the file.
  /// - Throws: `SnapshotError.truncated` if the file has ended too early.
  public func finish() throws(SnapshotError) {
    guard isComplete else { throw .truncated }
  }

  /// The size of the header; `nil` until it is known.
  private var headerSize: Int? {
    get throws(SnapshotError) {
      let prefix = waiting.prefix(TableSnapshot.prefixSize)
      func integer(_ range: Range<Int>) -> UInt64 { prefix[range].reduce(0) { $0 << 8 | UInt64($1) } }
      if prefix.count >= 8, integer(0..<8) != TableSnapshot.magic { throw .notSnapshot }
      guard prefix.count == TableSnapshot.prefixSize else { return nil }
      let format = UInt32(truncatingIfNeeded: integer(8..<12))
      guard format == TableSnapshot.format || format == TableSnapshot.formatWithoutRemovals else {
        throw .otherFormat(format)
      }
      let size = Int(integer(12..<16))
      guard TableSnapshot.smallestHeader...TableSnapshot.maxHeaderSize ~= size else { throw .damaged }
      return size
    }
  }

  private static func record(_ bytes: RawSpan, pool6: IPv6Prefix) throws(SnapshotError) -> TableRecord {
    do throws(WireFormatError) {
      var reader = FrameReader(bytes)
      guard let record = try reader.records(pool6: pool6, waited: Milliseconds(0)).first else {
        throw .strayBytes(count: 0)
      }
      if let removal = record.removal { return .removal(removal) }
      return .session(
        SessionTable.Session(entry: record.session, origin: SyncNode.legacyOrigin, version: record.version))
    } catch {
      throw .malformed("\(error)")
    }
  }
}
