/// Finds the sessions of the table that the module lacks, and returns them in the order in which the module adds them
/// fastest.
struct TableRefill: Sendable {
  /// The number of rows that are examined per turn, which takes a few milliseconds.
  static let rowsPerTurn: UInt32 = 16_384
  /// The number of sessions that are given before more urgent requests have their turn.
  static let batch = 20_000

  let since: Instant
  /// The rows whose sessions the module was found to have, or was given meanwhile.
  private let present: RowSet
  /// The next row to examine.
  ///
  /// `nil` if all rows were examined.
  private var row: UInt32? = 0
  private var lacking = SortedRowKeys()

  init(without present: RowSet, since: Instant) {
    self.present = present
    self.since = since
  }

  /// Whether nothing is left to be taken.
  var isFinished: Bool { row == nil && lacking.isEmpty }

  /// Examines the next rows of the table.
  ///
  /// Returns whether all rows have been examined, so that `take()` can be called.
  /// - `isWaiting`: whether the session of a row is given to the module anyway.
  mutating func collect(from table: SessionTable, isWaiting: (UInt32) -> Bool) -> Bool {
    guard let begin = row else { return true }
    var keys: ContiguousArray<RowKey> = []
    let end = min(begin + Self.rowsPerTurn, table.rows.endIndex)
    for number in begin..<max(begin, end) where !present.contains(number) && !isWaiting(number) {
      if let key = table.key(of: number) { keys.append(key) }
    }
    lacking.append(keys)
    row = end < table.rows.endIndex ? end : nil
    return row == nil
  }

  /// Takes the next batch.
  mutating func take() -> ContiguousArray<RowKey> { lacking.take(Self.batch) }
}
