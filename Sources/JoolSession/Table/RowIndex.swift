/// Finds numbers of rows by a hash of what is in the rows.
///
/// 64 hash tables, by the highest bits of the hash, that grow one by one: at ten million rows a growth takes some tens of
/// milliseconds instead of two seconds, and there is never more than a 64th in memory twice. They start with different
/// capacities, so that they do not all grow at the same time, and 6 to 9 bytes per row are 7 on average.
struct RowIndex: Sendable {
  private static let shardCount = 64
  private static let shardBits: UInt64 = 6

  private var shards = ContiguousArray((0..<shardCount).map { RowIndexShard(firstCapacity: 64 + $0 / 2) })
  private(set) var count = 0

  /// The row that has this hash and `matches`.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (UInt32) -> Bool) -> UInt32? {
    shards[Self.shard(of: hash)].find(hash << Self.shardBits, matches)
  }

  /// Expects that the row is not here yet.
  /// - Returns: whether there was room; if not, `grow` for the same hash first.
  mutating func insert(_ number: UInt32, _ hash: UInt64) -> Bool {
    guard shards[Self.shard(of: hash)].insert(number, hash << Self.shardBits) else { return false }
    count += 1
    return true
  }

  /// Expects that the row is here.
  mutating func remove(_ number: UInt32, _ hash: UInt64) {
    shards[Self.shard(of: hash)].remove(number, hash << Self.shardBits)
    count -= 1
  }

  /// Puts a row with the same hash in another one's place. Expects that `number` is here.
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
