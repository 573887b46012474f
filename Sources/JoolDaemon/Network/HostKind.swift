internal import JoolCore

/// What an address is for (RFC 4291 §2.4, RFC 1112 §4), as far as it decides whether session datagrams can use it.
extension SocketAddress.Host {
  var isIPv6: Bool { if case .v6 = self { true } else { false } }

  /// An IPv4 address that was written as an IPv6 one (`::ffff:192.0.2.1`) is that IPv4 address.
  var unmapped: SocketAddress.Host {
    guard case .v6(let address) = self, address.bits >> 32 == 0xFFFF else { return self }
    return .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: address.bits)))
  }

  /// As the source of a datagram is told: IPv4 addresses are mapped.
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

  /// `0.0.0.0` with its network, or `::`.
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

  /// Whether it means nothing without an interface.
  var needsInterface: Bool {
    guard case .v6(let address) = self else { return false }
    if let multicastScope { return 1...2 ~= multicastScope }
    return address.bits >> 118 == 0xFE80 >> 6
  }
}
