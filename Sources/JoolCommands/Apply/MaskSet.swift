import JoolCore

/// The masks (IPv4 transport addresses) of a table of pool4, as a set.
///
/// Files have prefixes, and the module lists single addresses with merged ranges of ports. Both forms are the same set
/// if they contain the same masks.
struct MaskSet: Hashable, Sendable {
  /// Consecutive addresses that have the same ports.
  struct Block: Hashable, Sendable {
    var addresses: ClosedRange<UInt32>
    var ports: PortSpans
  }

  /// The blocks, in ascending order of their addresses.
  ///
  /// Neighbours without a gap between them have different ports, so equal sets have equal blocks.
  private(set) var blocks: [Block] = []

  init() {}

  /// The masks of entries of one table, which may overlap.
  init(_ entries: some Sequence<Pool4Entry>) {
    var changes: [UInt64: [(ports: ClosedRange<UInt16>, isStart: Bool)]] = [:]
    for entry in entries {
      guard let ports = entry.effectivePorts else { continue }
      let addresses = entry.addresses
      changes[UInt64(addresses.lowerBound), default: []].append((ports, true))
      changes[UInt64(addresses.upperBound) + 1, default: []].append((ports, false))
    }
    var open: [ClosedRange<UInt16>: Int] = [:]
    var previous: UInt64 = 0
    for position in changes.keys.sorted() {
      if !open.isEmpty { append(previous..<position, PortSpans(open.keys)) }
      for change in changes[position] ?? [] {
        let count = open[change.ports, default: 0] + (change.isStart ? 1 : -1)
        open[change.ports] = count > 0 ? count : nil
      }
      previous = position
    }
  }

  var isEmpty: Bool { blocks.isEmpty }

  /// The masks that `other` lacks.
  func subtracting(_ other: MaskSet) -> MaskSet {
    var rest = MaskSet()
    var index = 0
    for block in blocks {
      var position = UInt64(block.addresses.lowerBound)
      let end = UInt64(block.addresses.upperBound) + 1
      while position < end {
        while index < other.blocks.count, UInt64(other.blocks[index].addresses.upperBound) < position { index += 1 }
        let next = index < other.blocks.count ? other.blocks[index] : nil
        let start = next.map { UInt64($0.addresses.lowerBound) } ?? end
        if let next, start <= position {
          let stop = min(end, UInt64(next.addresses.upperBound) + 1)
          rest.append(position..<stop, block.ports.subtracting(next.ports))
          position = stop
        } else {
          let stop = min(end, start)
          rest.append(position..<stop, block.ports)
          position = stop
        }
      }
    }
    return rest
  }

  /// The fewest pairs of a prefix and a range of ports that contain exactly the masks of each block.
  var rectangles: [(prefix: IPv4Prefix, ports: PortRange)] {
    blocks.flatMap { block in
      Self.prefixes(of: block.addresses).flatMap { prefix in
        block.ports.ranges.map { (prefix, PortRange($0.lowerBound, $0.upperBound)) }
      }
    }
  }

  private mutating func append(_ addresses: Range<UInt64>, _ ports: PortSpans) {
    guard !ports.isEmpty, !addresses.isEmpty else { return }
    let (first, last) = (UInt32(addresses.lowerBound), UInt32(addresses.upperBound - 1))
    if let end = blocks.last, end.ports == ports, UInt64(end.addresses.upperBound) + 1 == addresses.lowerBound {
      blocks[blocks.count - 1].addresses = end.addresses.lowerBound...last
    } else {
      blocks.append(Block(addresses: first...last, ports: ports))
    }
  }

  private static func prefixes(of addresses: ClosedRange<UInt32>) -> [IPv4Prefix] {
    var prefixes: [IPv4Prefix] = []
    var position = UInt64(addresses.lowerBound)
    let end = UInt64(addresses.upperBound) + 1
    while position < end {
      // The largest aligned block that begins here and fits.
      let aligned = position == 0 ? 32 : min(32, position.trailingZeroBitCount)
      let fitting = UInt64.bitWidth - 1 - (end - position).leadingZeroBitCount
      let hostBits = min(aligned, fitting)
      if let prefix = IPv4Prefix(address: IPv4Address(bits: UInt32(position)), length: 32 - hostBits) {
        prefixes.append(prefix)
      }
      position += 1 << UInt64(hostBits)
    }
    return prefixes
  }
}

extension Pool4Entry {
  fileprivate var addresses: ClosedRange<UInt32> {
    let mask = IPv4Prefix.mask(length: prefix.length)
    return (prefix.address.bits & mask)...(prefix.address.bits | ~mask)
  }

  /// The ports that the module stores: it exchanges the ends of an inverted range, and TCP and UDP have no port 0.
  var effectivePorts: ClosedRange<UInt16>? {
    let first = max(min(ports.first, ports.last), proto == .icmp ? 0 : 1)
    let last = max(ports.first, ports.last)
    return first <= last ? first...last : nil
  }
}
