/// Gives the module what it lacks of the table, in the order in which the module adds it fastest.
struct TableRefill: Sendable {
  /// Rows of the table that are looked at per turn: a few milliseconds.
  static let rowsPerTurn: UInt32 = 16_384
  /// Sessions that are given before it is looked whether there is something more urgent.
  static let portion = 20_000

  let since: Instant
  /// What the module was found to have, or was given meanwhile.
  private let present: RowSet
  /// The next row to look at; `nil`: all were.
  private var row: UInt32? = 0
  private var lacking = SortedRowKeys()

  init(without present: RowSet, since: Instant) {
    self.present = present
    self.since = since
  }

  /// Whether nothing is left to be taken.
  var isFinished: Bool { row == nil && lacking.isEmpty }

  /// Looks at some rows.
  /// - Parameter isWaiting: whether a row will be given anyway.
  /// - Returns: whether all have been looked at, so that `take()` has something.
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

  /// The next portion.
  mutating func take() -> ContiguousArray<RowKey> { lacking.take(Self.portion) }
}
