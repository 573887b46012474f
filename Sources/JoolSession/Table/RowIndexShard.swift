/// A part of a `RowIndex`: a hash table with 5 bytes per slot, at most 85 % of the slots in use.
///
/// Open addressing, linear probing, entries kept in the order of their home slots ("Robin Hood hashing"), so that a
/// look-up ends where the entry would be, after 4 slots on average even when the index is full, and removal moves
/// followers back instead of leaving gaps. A slot is a 40-bit integer, least significant byte first:
///
///     0                       28        32        40
///     | number of the row     | check   | distance|
///     check: bits 8–11 of the row's hash, so that a look-up reads few wrong rows
///     distance: 0: the slot is empty; n: its entry's home is n − 1 slots before
///
/// Homes come from the highest bits of the hash (multiply and shift: any capacity will do, growth is by a half).
/// Probing does not wrap around: past the homes there is room for the last home's followers.
struct RowIndexShard: Sendable {
  private static let maxDistance = 126

  private var slots = RowIndexSlots(count: 0)
  /// How many slots are homes.
  private(set) var capacity = 0
  private(set) var count = 0
  private let firstCapacity: Int

  init(firstCapacity: Int = 16) { self.firstCapacity = firstCapacity }

  /// Whether `grow` must come before the next `insert`.
  var isFull: Bool { count >= capacity - capacity * 3 / 20 }

  /// The row that has this hash and `matches`.
  @inline(__always)
  func find(_ hash: UInt64, _ matches: (UInt32) -> Bool) -> UInt32? {
    guard count > 0 else { return nil }
    let check = RowIndexSlot.check(of: hash)
    var position = home(of: hash)
    var distance = 1
    while true {
      let slot = slots[position]
      if slot.distance < distance { return nil }
      if slot.distance == distance, slot.check == check, matches(slot.number) { return slot.number }
      position += 1
      distance += 1
    }
  }

  /// Adds a row.
  ///
  /// Expects that it is not here yet.
  /// - Returns: whether there was room. If not, call `grow` first.
  mutating func insert(_ number: UInt32, _ hash: UInt64) -> Bool {
    guard !isFull else { return false }
    var position = home(of: hash)
    var distance = 1
    while slots[position].distance >= distance {
      position += 1
      distance += 1
    }
    var end = position
    while !slots[end].isEmpty {
      guard slots[end].distance < Self.maxDistance else { return false }
      end += 1
    }
    // The last slot stays empty: it ends every search.
    guard distance <= Self.maxDistance, end < slots.count - 1 else { return false }
    slots.shiftUp(position..<end)
    slots[position] = RowIndexSlot(number: number, hash: hash, distance: distance)
    count += 1
    return true
  }

  /// Removes a row.
  ///
  /// Expects that it is here.
  mutating func remove(_ number: UInt32, _ hash: UInt64) {
    let position = position(of: number, hash)
    var end = position + 1
    while slots[end].distance > 1 { end += 1 }
    slots.shiftDown(position + 1..<end)
    slots[end - 1] = RowIndexSlot()
    count -= 1
  }

  /// Puts a row with the same hash in another one's place.
  ///
  /// Expects that `number` is here.
  mutating func replace(_ number: UInt32, by other: UInt32, _ hash: UInt64) {
    let position = position(of: number, hash)
    slots[position] = RowIndexSlot(number: other, hash: hash, distance: slots[position].distance)
  }

  /// Makes room for half as many more entries.
  mutating func grow(hashOf: (UInt32) -> UInt64) {
    rebuild(capacity: max(firstCapacity, capacity + capacity / 2), hashOf: hashOf)
  }

  /// Makes room for `count` entries.
  mutating func reserve(count: Int, hashOf: (UInt32) -> UInt64) {
    let needed = count * 20 / 17 + 2
    if needed > capacity { rebuild(capacity: needed, hashOf: hashOf) }
  }

  private mutating func rebuild(capacity: Int, hashOf: (UInt32) -> UInt64) {
    let old = self
    var capacity = capacity
    while !fill(from: old, capacity: capacity, hashOf: hashOf) {
      // Distances above 126 do not happen by chance, as long as the hash is random.
      precondition(capacity < RowStore.maxCount * 16, "the hash does not distribute")
      capacity += capacity / 2
    }
  }

  private mutating func fill(from old: RowIndexShard, capacity: Int, hashOf: (UInt32) -> UInt64) -> Bool {
    self.capacity = capacity
    count = 0
    slots = RowIndexSlots(count: capacity + Self.maxDistance + 1)
    // Rows are scattered over the memory. Several dozen are read before anything depends on them, so that the processor
    // waits for all of them at the same time.
    var batch = InlineArray<64, (number: UInt32, hash: UInt64)>(repeating: (0, 0))
    var position = 0
    while position < old.slots.count {
      var size = 0
      while position < old.slots.count, size < batch.count {
        let slot = old.slots[position]
        if !slot.isEmpty {
          batch[size].number = slot.number
          size += 1
        }
        position += 1
      }
      for index in 0..<size { batch[index].hash = hashOf(batch[index].number) }
      for index in 0..<size { guard insert(batch[index].number, batch[index].hash) else { return false } }
    }
    return true
  }

  private func position(of number: UInt32, _ hash: UInt64) -> Int {
    var slot = RowIndexSlot(number: number, hash: hash, distance: 1)
    var position = home(of: hash)
    while slots[position] != slot {
      position += 1
      slot.distance += 1
    }
    return position
  }

  private func home(of hash: UInt64) -> Int { Int(hash.multipliedFullWidth(by: UInt64(capacity)).high) }
}
