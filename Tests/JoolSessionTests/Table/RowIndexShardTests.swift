import Testing

@testable import JoolSession

@Suite struct RowIndexShardTests {
  /// The masks produce hashes that put all rows into few homes, or random ones.
  @Test(arguments: [UInt64.max, 0xFFF0_0000_0000_0003, 0x7, 0xC000_0000_0000_0000])
  func findsAllRowsDespiteCollidingHashes(mask: UInt64) {
    var generator = SeededGenerator(seed: mask)
    let hashes = (0..<3000).map { _ in generator.next() & mask }
    // With masks of two or three bits there are at most 100 rows, because a home has room for few neighbours.
    let rows: Range<UInt32> = mask == 7 || mask.nonzeroBitCount == 2 ? 0..<100 : 0..<3000
    var index = RowIndexShard()
    var members: Set<UInt32> = []
    for _ in 0..<20_000 {
      guard let number = rows.randomElement(using: &generator) else { return }
      let hash = hashes[Int(number)]
      if members.contains(number) {
        index.remove(number, hash)
        members.remove(number)
      } else {
        while !index.insert(number, hash) { index.grow { hashes[Int($0)] } }
        members.insert(number)
      }
    }
    #expect(index.count == members.count)
    for number in rows {
      #expect(index.find(hashes[Int(number)]) { $0 == number } == (members.contains(number) ? number : nil))
    }
  }

  @Test func growsWhenARowHasTooManyNeighbours() {
    // The homes of 500 rows are next to each other until the shard has many homes.
    let hashes = (0..<500).map { UInt64($0) << 48 }
    var index = RowIndexShard()
    for number in 0..<500 { while !index.insert(UInt32(number), hashes[number]) { index.grow { hashes[Int($0)] } } }
    #expect(index.capacity > 500 * 3)
    #expect((0..<500).allSatisfy { number in index.find(hashes[number]) { $0 == UInt32(number) } != nil })
  }

  @Test func reservesEnoughAtOnce() {
    var index = RowIndexShard()
    index.reserve(count: 1000) { _ in 0 }
    let capacity = index.capacity
    var generator = SeededGenerator(seed: 1)
    for number in 0..<1000 { #expect(index.insert(UInt32(number), generator.next()) == true) }
    #expect(index.capacity == capacity)
  }

  @Test func replacesARowByAnotherOfTheSameHash() {
    var index = RowIndexShard()
    index.grow { _ in 0 }
    #expect(index.insert(1, 99) == true)
    #expect(index.insert(2, 99 | 1 << 60) == true)
    index.replace(1, by: 3, 99)
    #expect(index.find(99) { _ in true } == 3)
    #expect(index.find(99 | 1 << 60) { _ in true } == 2)
    #expect(index.count == 2)
  }
}
