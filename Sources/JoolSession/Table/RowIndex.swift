/// Finds numbers of rows by a hash of their contents.
///
/// It consists of 64 hash tables, selected by the highest bits of the hash, that grow one by one. At ten million rows a
/// growth thus takes some tens of milliseconds instead of two seconds, and at most a 64th is in memory twice. The
/// tables start with different capacities, so that they do not all grow at the same time. A row takes 6 to 9 bytes, 7
/// on average.
struct RowIndex: Sendable {
  private static let shardCount = 64
  private static let shardBits: UInt64 = 6

  private var shards = ContiguousArray((0..<shardCount).map { RowIndexShard(firstCapacity: 64 + $0 / 2) })
  private(set) var count = 0

  /// The number of the row that has this hash and `matches`.
  ///
  /// `nil` if there is none.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (UInt32) -> Bool) -> UInt32? {
    shards[Self.shard(of: hash)].find(hash << Self.shardBits, matches)
  }

  /// Adds a row.
  ///
  /// Expects that it is not here yet.
  /// - Returns: whether there was room. If not, call `grow` for the same hash first.
  mutating func insert(_ number: UInt32, _ hash: UInt64) -> Bool {
    guard shards[Self.shard(of: hash)].insert(number, hash << Self.shardBits) else { return false }
    count += 1
    return true
  }

  /// Removes a row.
  ///
  /// Expects that it is here.
  mutating func remove(_ number: UInt32, _ hash: UInt64) {
    shards[Self.shard(of: hash)].remove(number, hash << Self.shardBits)
    count -= 1
  }

  /// Puts a row with the same hash in another one's place.
  ///
  /// Expects that `number` is here.
  mutating func replace(_ number: UInt32, by other: UInt32, _ hash: UInt64) {
    shards[Self.shard(of: hash)].replace(number, by: other, hash << Self.shardBits)
  }

  /// Makes room for rows with hashes like this one.
  mutating func grow(for hash: UInt64, hashOf: (UInt32) -> UInt64) {
    shards[Self.shard(of: hash)].grow { hashOf($0) << Self.shardBits }
  }

  /// Makes room for `count` rows, unless chance distributes them very unevenly.
  mutating func reserve(count: Int, hashOf: (UInt32) -> UInt64) {
    let share = Double(min(max(0, count), RowStore.maxCount) / Self.shardCount)
    let needed = Int(share + 4 * share.squareRoot()) + 8
    for shard in shards.indices { shards[shard].reserve(count: needed) { hashOf($0) << Self.shardBits } }
  }

  private static func shard(of hash: UInt64) -> Int { Int(hash >> (64 - shardBits)) }
}
