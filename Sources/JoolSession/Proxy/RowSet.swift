/// A set of rows of the table: a bit for each.
struct RowSet: Sendable {
  private var words: ContiguousArray<UInt64> = []

  func contains(_ row: UInt32) -> Bool {
    let word = Int(row / 64)
    return word < words.count && words[word] & 1 << UInt64(row % 64) != 0
  }

  /// Adds a row.
  ///
  /// - Returns: whether the row is new.
  @discardableResult
  mutating func insert(_ row: UInt32) -> Bool {
    let word = Int(row / 64)
    while words.count <= word { words.append(0) }
    let bit: UInt64 = 1 << UInt64(row % 64)
    guard words[word] & bit == 0 else { return false }
    words[word] |= bit
    return true
  }

  /// Removes a row.
  ///
  /// - Returns: whether the row was there.
  @discardableResult
  mutating func remove(_ row: UInt32) -> Bool {
    guard contains(row) else { return false }
    words[Int(row / 64)] &= ~(1 << UInt64(row % 64))
    return true
  }
}
