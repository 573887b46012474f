/// The contents of a slot of a `RowIndexShard`, in 40 bits.
///
/// The layout is documented there.
struct RowIndexSlot: Equatable {
  fileprivate(set) var bits: UInt64 = 0

  static let size = 5

  init() {}

  fileprivate init(bits: UInt64) { self.bits = bits }

  init(number: UInt32, hash: UInt64, distance: Int) {
    bits = UInt64(number) | Self.check(of: hash) << 28 | UInt64(distance) << 32
  }

  var isEmpty: Bool { distance == 0 }

  var number: UInt32 { UInt32(truncatingIfNeeded: bits & 0x0FFF_FFFF) }

  var check: UInt64 { bits >> 28 & 0xF }

  var distance: Int {
    get { Int(bits >> 32) }
    set { bits = bits & 0xFFFF_FFFF | UInt64(newValue) << 32 }
  }

  static func check(of hash: UInt64) -> UInt64 { hash >> 8 & 0xF }
}

/// Slots side by side without padding, all empty at first.
struct RowIndexSlots: Sendable {
  let count: Int
  /// The slots, and three bytes more, because the last slot is also read as 8 bytes.
  private var bytes: ContiguousArray<UInt8>

  init(count: Int) {
    self.count = count
    bytes = ContiguousArray(repeating: 0, count: count * RowIndexSlot.size + 3)
  }

  @inline(__always)
  subscript(position: Int) -> RowIndexSlot {
    get { bytes.span.slot(at: position) }
    set {
      var span = bytes.mutableSpan
      span.store(newValue, at: position)
    }
  }

  /// Moves entries one slot further from their homes.
  ///
  /// One span serves all of them, because each `mutableSpan` costs a check that nobody else has the array.
  mutating func shiftUp(_ range: Range<Int>) {
    var span = bytes.mutableSpan
    for position in range.reversed() {
      var slot = span.span.slot(at: position)
      slot.distance += 1
      span.store(slot, at: position + 1)
    }
  }

  /// Moves entries one slot nearer to their homes.
  mutating func shiftDown(_ range: Range<Int>) {
    var span = bytes.mutableSpan
    for position in range {
      var slot = span.span.slot(at: position)
      slot.distance -= 1
      span.store(slot, at: position - 1)
    }
  }
}

extension Span<UInt8> {
  @inline(__always)
  fileprivate func slot(at position: Int) -> RowIndexSlot {
    let word = bytes.unsafeLoadUnaligned(fromByteOffset: position * RowIndexSlot.size, as: UInt64.self)
    return RowIndexSlot(bits: UInt64(littleEndian: word) & 0xFF_FFFF_FFFF)
  }
}

extension MutableSpan<UInt8> {
  @inline(__always)
  fileprivate mutating func store(_ slot: RowIndexSlot, at position: Int) {
    var bytes = mutableBytes
    let offset = position * RowIndexSlot.size
    let low = UInt32(truncatingIfNeeded: slot.bits).littleEndian
    bytes.storeBytes(of: low, toByteOffset: offset, as: UInt32.self)
    bytes.storeBytes(of: UInt8(truncatingIfNeeded: slot.bits >> 32), toByteOffset: offset + 4, as: UInt8.self)
  }
}
