internal import JoolCore

/// The kinds of addresses (RFC 4291 §2.4, RFC 1112 §4), as far as they decide whether session datagrams can use an
/// address.
extension AnyIPAddress {
  var isIPv6: Bool { if case .v6 = self { true } else { false } }

  /// The IPv4 address that an IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) stands for; any other address itself.
  var unmapped: AnyIPAddress {
    guard case .v6(let address) = self, address.bits >> 32 == 0xFFFF else { return self }
    return .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: address.bits)))
  }

  /// The address in the form of `ReceivedDatagram.source`: IPv4 addresses are mapped.
  var mapped: IPv6Address {
    switch self {
    case .v4(let address): IPv6Address(bits: 0xFFFF << 32 | UInt128(address.bits))
    case .v6(let address): address
    }
  }

  var isMulticast: Bool {
    switch self {
    case .v4(let address): address.bits >> 28 == 0xE
    case .v6(let address): address.isMulticast
    }
  }

  /// Whether the address is `::` or in `0.0.0.0/8`.
  var isUnspecified: Bool {
    switch self {
    case .v4(let address): address.bits >> 24 == 0
    case .v6(let address): address.isUnspecified
    }
  }

  var isLoopback: Bool {
    switch self {
    case .v4(let address): address.bits >> 24 == 127
    case .v6(let address): address.bits == 1
    }
  }

  /// The scope of an IPv6 group: 1 is the interface, 2 the link, 8 the organization.
  var multicastScope: UInt8? {
    guard case .v6(let address) = self, address.isMulticast else { return nil }
    return UInt8(truncatingIfNeeded: address.bits >> 112) & 0xF
  }

  /// Whether the address is ambiguous without an interface: a link-local address, or a group of scope 1 or 2.
  var needsInterface: Bool {
    guard case .v6(let address) = self else { return false }
    if let multicastScope { return 1...2 ~= multicastScope }
    return address.bits >> 118 == 0xFE80 >> 6
  }
}
