import JoolCore

/// The masks (pool4 transport addresses) that bindings use, for each address, protocol and mark of pool4.
///
/// A mask serves one client, however many sessions that client has from one port. So bindings are counted, and not
/// sessions. If entries with several marks contain a mask, it is counted for each of them, because a binding has no mark.
struct Pool4Use: Sendable {
  /// An address of pool4, for one protocol and mark.
  struct Row: Hashable, Sendable {
    var mark: UInt32
    var proto: L4Protocol
    var prefix: IPv4Prefix
    var ports: PortSpans
    /// The number of masks.
    var capacity: Int
    /// The number of masks that bindings use.
    var inUse = 0

    /// The part of the masks that is in use, from 0 to 1.
    var share: Double { Double(inUse) / Double(capacity) }

    /// Whether more than 80 % of the masks are in use.
    var isNearlyFull: Bool { share * 100 > Pool4Use.warningPercentage }
  }

  /// The percentage of masks in use above which there is a warning.
  static let warningPercentage = 80.0

  private(set) var rows: [Row] = []
  /// The number of bindings whose masks pool4 lacks.
  private(set) var outside = 0
  /// The indices of the rows of an address.
  private var index: [Place: [Int]] = [:]
  /// The rows of prefixes with several addresses.
  ///
  /// The module lists single addresses.
  private var wide: [Int] = []

  private struct Place: Hashable, Sendable {
    var proto: L4Protocol
    var address: UInt32
  }

  private struct Name: Hashable {
    var mark: UInt32
    var proto: L4Protocol
    var prefix: IPv4Prefix
  }

  /// - `entries`: All entries of pool4.
  init(_ entries: some Sequence<Pool4Entry>) {
    var ranges: [Name: [ClosedRange<UInt16>]] = [:]
    for entry in entries {
      guard let ports = entry.effectivePorts else { continue }
      ranges[Name(mark: entry.mark, proto: entry.proto, prefix: entry.prefix), default: []].append(ports)
    }
    for (name, ranges) in ranges {
      let ports = PortSpans(ranges)
      let addresses = 1 << (IPv4Address.bitWidth - name.prefix.length)
      rows.append(
        Row(
          mark: name.mark, proto: name.proto, prefix: name.prefix, ports: ports,
          capacity: addresses * ports.ranges.reduce(0) { $0 + $1.count }))
    }
    for (number, row) in rows.enumerated() {
      if row.prefix.length == IPv4Address.bitWidth {
        index[Place(proto: row.proto, address: row.prefix.address.bits), default: []].append(number)
      } else {
        wide.append(number)
      }
    }
  }

  /// Counts the mask of a binding.
  mutating func count(_ mask: TransportAddress4, _ proto: L4Protocol) {
    var isInside = false
    for number in index[Place(proto: proto, address: mask.address.bits)] ?? [] where rows[number].has(mask.port) {
      rows[number].inUse += 1
      isInside = true
    }
    for number in wide where rows[number].proto == proto {
      guard rows[number].prefix.contains(mask.address), rows[number].has(mask.port) else { continue }
      rows[number].inUse += 1
      isInside = true
    }
    if !isInside { outside += 1 }
  }

  /// The rows with the fullest ones first.
  var sorted: [Row] {
    rows.sorted { left, right in
      if left.share != right.share { return left.share > right.share }
      return (left.prefix.address.bits, left.proto.rawValue, left.mark)
        < (right.prefix.address.bits, right.proto.rawValue, right.mark)
    }
  }
}

extension Pool4Use.Row {
  fileprivate func has(_ port: UInt16) -> Bool { ports.ranges.contains { $0.contains(port) } }
}
