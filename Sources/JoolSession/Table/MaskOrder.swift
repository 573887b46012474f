internal import JoolCore

/// The masks of a table (pool4 transport addresses) in ascending order per protocol, so that a list can begin anywhere.
///
/// A set of numbers of 50 bits: protocol, IPv4 address, port, most significant first. 64 neighbouring numbers share a
/// word of 8 bytes. The words are sorted by their keys, in blocks of at most 256, so that adding and removing move
/// little memory, and a search is two binary searches. Masks that use most ports of an address take about 2 bits each;
/// masks that are far apart take 16 to 32 bytes.
struct MaskOrder: Sendable {
  private static let wordBits: UInt64 = 6
  private static let blockSize = 256

  /// The numbers that share all bits but the last six.
  private struct Word: Sendable {
    let key: UInt64
    var bits: UInt64
  }

  private var blocks: [ContiguousArray<Word>] = []
  /// The first key of each block.
  private var keys: ContiguousArray<UInt64> = []

  /// Adds a mask.
  mutating func insert(_ proto: L4Protocol, _ mask: TransportAddress4) {
    let number = Self.number(proto, mask)
    let (key, bit) = Self.place(of: number)
    guard !blocks.isEmpty else {
      blocks = [[Word(key: key, bits: bit)]]
      keys = [key]
      return
    }
    let block = max(0, keys.countOfPrefix { $0 <= key } - 1)
    let position = blocks[block].countOfPrefix { $0.key < key }
    if position < blocks[block].count, blocks[block][position].key == key {
      blocks[block][position].bits |= bit
      return
    }
    blocks[block].insert(Word(key: key, bits: bit), at: position)
    if position == 0 { keys[block] = key }
    if blocks[block].count > Self.blockSize { split(block) }
  }

  /// Removes a mask.
  mutating func remove(_ proto: L4Protocol, _ mask: TransportAddress4) {
    let (key, bit) = Self.place(of: Self.number(proto, mask))
    let block = keys.countOfPrefix { $0 <= key } - 1
    guard block >= 0 else { return }
    let position = blocks[block].countOfPrefix { $0.key < key }
    guard position < blocks[block].count, blocks[block][position].key == key else { return }
    blocks[block][position].bits &= ~bit
    guard blocks[block][position].bits == 0 else { return }
    blocks[block].remove(at: position)
    if let first = blocks[block].first {
      keys[block] = first.key
    } else {
      blocks.remove(at: block)
      keys.remove(at: block)
    }
  }

  /// The least mask of a protocol that is greater than `mask`, or that is the least of all for `nil`.
  func next(_ proto: L4Protocol, after mask: TransportAddress4?) -> TransportAddress4? {
    let number = mask.map { Self.number(proto, $0) + 1 } ?? Self.number(proto, .zero)
    guard let found = next(from: number), found >> 48 == UInt64(proto.rawValue) else { return nil }
    return TransportAddress(
      IPv4Address(bits: UInt32(truncatingIfNeeded: found >> 16)), UInt16(truncatingIfNeeded: found))
  }

  private func next(from number: UInt64) -> UInt64? {
    let (key, bit) = Self.place(of: number)
    var block = max(0, keys.countOfPrefix { $0 <= key } - 1)
    while block < blocks.count {
      var position = blocks[block].countOfPrefix { $0.key < key }
      while position < blocks[block].count {
        let word = blocks[block][position]
        // In the number's own word, only the bits from its own on count.
        let bits = word.key == key ? word.bits & ~(bit - 1) : word.bits
        if bits != 0 { return word.key << Self.wordBits | UInt64(bits.trailingZeroBitCount) }
        position += 1
      }
      block += 1
    }
    return nil
  }

  private mutating func split(_ block: Int) {
    let half = blocks[block].count / 2
    let upper = ContiguousArray(blocks[block][half...])
    blocks[block].removeLast(upper.count)
    blocks.insert(upper, at: block + 1)
    keys.insert(upper[0].key, at: block + 1)
  }

  private static func number(_ proto: L4Protocol, _ mask: TransportAddress4) -> UInt64 {
    UInt64(proto.rawValue) << 48 | UInt64(mask.address.bits) << 16 | UInt64(mask.port)
  }

  private static func place(of number: UInt64) -> (key: UInt64, bit: UInt64) {
    (number >> wordBits, 1 << (number & (1 << wordBits - 1)))
  }
}

extension TransportAddress4 {
  fileprivate static var zero: Self { Self(IPv4Address(bits: 0), 0) }
}

extension RandomAccessCollection where Index == Int {
  /// The number of elements at the beginning that satisfy `condition`, by binary search.
  ///
  /// Expects that no element after them does.
  func countOfPrefix(while condition: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if condition(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low - startIndex
  }
}

extension SessionTable {
  /// Keeps the masks in order from now on.
  ///
  /// Lists then begin anywhere at once. Adding the first session of a BIB entry, and removing the last one, takes about
  /// 100 ns longer.
  package mutating func keepMasksInOrder() {
    if masks == nil { masks = masksInOrder() }
  }

  /// The masks in order: those that are kept, or those that are collected from all rows now.
  func masksInOrder() -> MaskOrder {
    if let masks { return masks }
    var order = MaskOrder()
    forEachBIBEntry { order.insert($0.proto, $0.source4) }
    return order
  }
}
