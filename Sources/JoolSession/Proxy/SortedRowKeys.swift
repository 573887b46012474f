/// A large number of rows that are taken in order.
///
/// To sort a million at once takes too long, so they are kept in sorted runs of some thousands. The next row is the one
/// with the lowest key of all runs.
struct SortedRowKeys: Sendable {
  private struct Run: Sendable {
    var keys: ContiguousArray<RowKey>
    var cursor = 0
  }

  private var runs: [Run] = []
  /// The next key of each run that is not used up.
  private var heads: [(key: RowKey, run: Int)] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// Adds rows as a run, and sorts them.
  mutating func append(_ keys: consuming ContiguousArray<RowKey>) {
    keys.sort()
    guard let first = keys.first else { return }
    count += keys.count
    heads.append((first, runs.count))
    runs.append(Run(keys: keys))
  }

  /// Takes the next rows in order, at most `most`.
  mutating func take(_ most: Int) -> ContiguousArray<RowKey> {
    var taken: ContiguousArray<RowKey> = []
    taken.reserveCapacity(min(most, count))
    while taken.count < most, let least = heads.indices.min(by: { heads[$0].key < heads[$1].key }) {
      let number = heads[least].run
      taken.append(heads[least].key)
      runs[number].cursor += 1
      if runs[number].cursor < runs[number].keys.count {
        heads[least].key = runs[number].keys[runs[number].cursor]
      } else {
        runs[number].keys = []
        heads.remove(at: least)
      }
    }
    count -= taken.count
    return taken
  }
}
