/// Rows by number, in chunks: growing never copies nor reserves more than a chunk, and a copy of the table shares the
/// chunks that neither has changed since. Chunks are small (256 rows, 16 KB) so that they fit into the holes that
/// growing indexes leave in the heap.
struct RowStore: Sendable {
  /// Numbers have 28 bits, which `RowIndexSlot` and `SessionOrder` count on: 268,435,455 rows.
  static let maxCount = 1 << 28 - 1

  private static let chunkBits: UInt32 = 8
  private static let chunkSize = 1 << Int(chunkBits)

  private var chunks: [ContiguousArray<SessionRow>] = []
  private var firstFree = SessionRow.none
  /// Rows in use.
  private(set) var count = 0

  var hasRoom: Bool { count < Self.maxCount }

  /// One past the highest number ever in use. Some below it may be free.
  var endIndex: UInt32 {
    guard let last = chunks.last else { return 0 }
    return UInt32((chunks.count - 1) * Self.chunkSize + last.count)
  }

  @inline(__always)
  subscript(number: UInt32) -> SessionRow {
    get { chunks[Int(number >> Self.chunkBits)][Int(number) & (Self.chunkSize - 1)] }
    _modify { yield &chunks[Int(number >> Self.chunkBits)][Int(number) & (Self.chunkSize - 1)] }
  }

  /// Expects `hasRoom`.
  mutating func insert(_ row: SessionRow) -> UInt32 {
    count += 1
    if firstFree != SessionRow.none {
      let number = firstFree
      firstFree = self[number].timerNext
      self[number] = row
      return number
    }
    let number = endIndex
    if Int(number) == chunks.count * Self.chunkSize {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(Self.chunkSize)
    }
    chunks[chunks.count - 1].append(row)
    return number
  }

  mutating func remove(_ number: UInt32) {
    count -= 1
    self[number].markFree()
    self[number].timerNext = firstFree
    firstFree = number
  }
}
