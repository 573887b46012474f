import JoolCore

/// Finds whether pool4 contains a transport address, in a time that does not depend on the number of prefixes.
struct Pool4Index {
  private struct Network: Hashable {
    var proto: L4Protocol
    var bits: UInt32
    var length: Int
  }

  private var ports: [Network: [PortRange]] = [:]

  init(_ entries: [Pool4Entry]) {
    for entry in entries {
      ports[Self.network(entry.prefix.address, entry.prefix.length, entry.proto), default: []].append(entry.ports)
    }
  }

  /// Whether any entry of the protocol, whatever its mark, contains the address and port.
  func contains(_ address: TransportAddress4, _ proto: L4Protocol) -> Bool {
    // TCP and UDP have no port 0, so the module changes the start of such ranges to 1.
    guard proto == .icmp || address.port != 0 else { return false }
    let point = PortRange(address.port, address.port)
    return (0...IPv4Address.bitWidth).contains { length in
      ports[Self.network(address.address, length, proto)]?.contains { $0.intersects(point) } == true
    }
  }

  private static func network(_ address: IPv4Address, _ length: Int, _ proto: L4Protocol) -> Network {
    Network(proto: proto, bits: address.bits & IPv4Prefix.mask(length: length), length: length)
  }
}

extension PortRange {
  /// Whether the ranges share a port.
  ///
  /// The ends of each may be in either order.
  func intersects(_ other: PortRange) -> Bool {
    max(min(first, last), min(other.first, other.last)) <= min(max(first, last), max(other.first, other.last))
  }
}

extension IPPrefix {
  /// The bits of an address that belong to a prefix of this length.
  static func mask(length: Int) -> Address.Bits { length == 0 ? 0 : Address.Bits.max << (Address.bitWidth - length) }

  /// Whether address bits after the prefix length are set.
  var hasHostBits: Bool { address.bits & ~Self.mask(length: length) != 0 }

  /// Whether one of the prefixes contains the other.
  func intersects(_ other: IPPrefix) -> Bool {
    let common = Self.mask(length: Swift.min(length, other.length))
    return address.bits & common == other.address.bits & common
  }
}
