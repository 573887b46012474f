/// Stores rows by number, in chunks.
///
/// Growing never copies or reserves more than a chunk, and a copy of the table shares the chunks that neither has
/// changed since. Chunks are small (256 rows, 16 KB) so that they fit into the holes that growing indexes leave in the
/// heap.
struct RowStore: Sendable {
  /// The maximum number of rows, 268,435,455.
  ///
  /// Row numbers have 28 bits, which `RowIndexSlot` and `SessionOrder` rely on.
  static let maxCount = 1 << 28 - 1

  private static let chunkBits: UInt32 = 8
  static let chunkSize = 1 << Int(chunkBits)

  private var chunks: [ContiguousArray<SessionRow>] = []
  private var firstFree = SessionRow.none
  /// The number of rows in use.
  private(set) var count = 0

  /// The number of chunks.
  var chunkCount: Int { chunks.count }

  var hasRoom: Bool { count < Self.maxCount }

  /// One more than the highest number ever in use.
  ///
  /// Some numbers below it may be free.
  var endIndex: UInt32 {
    guard let last = chunks.last else { return 0 }
    return UInt32((chunks.count - 1) * Self.chunkSize + last.count)
  }

  @inline(__always)
  subscript(number: UInt32) -> SessionRow {
    get { chunks[Int(number >> Self.chunkBits)][Int(number) & (Self.chunkSize - 1)] }
    _modify { yield &chunks[Int(number >> Self.chunkBits)][Int(number) & (Self.chunkSize - 1)] }
  }

  /// Stores a row in a free place.
  ///
  /// Expects `hasRoom`.
  /// - Returns: the number of the row.
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

  /// Removes the rows of a chunk and returns them.
  ///
  /// This is for the last use of the store: nothing else may be done with it afterwards.
  mutating func takeChunk(_ number: Int) -> ContiguousArray<SessionRow> {
    var chunk: ContiguousArray<SessionRow> = []
    swap(&chunk, &chunks[number])
    return chunk
  }
}
