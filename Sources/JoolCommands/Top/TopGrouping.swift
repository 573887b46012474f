import JoolCore

/// The property of sessions by which `session top` groups them (`--by`).
enum TopGrouping: String, CaseIterable, Hashable, Sendable {
  case source6
  case network6 = "source6/64"
  case source4
  case destination4
  case destinationPort = "destination-port"
  case proto = "protocol"

  /// The group of a session, as a number, because numbers are hashed faster than texts.
  func key(of session: SessionEntry) -> UInt128 {
    switch self {
    case .source6: session.source6.address.bits
    case .network6: (session.source6.address.bits >> 64) << 64
    case .source4: UInt128(session.source4.address.bits)
    case .destination4: UInt128(session.destination4.address.bits)
    // The port of an ICMP session is an identifier, which says nothing about the server.
    case .destinationPort:
      UInt128(session.proto.rawValue) << 16 | (session.proto == .icmp ? 0 : UInt128(session.destination4.port))
    case .proto: UInt128(session.proto.rawValue)
    }
  }

  /// The text form of a group: an address, a prefix, `TCP 443` or `TCP`.
  func text(of key: UInt128) -> String {
    switch self {
    case .network6: "\(IPv6Address(bits: key))/64"
    case .destinationPort, .proto:
      [proto(of: key)?.description, port(of: key)?.description].compactMap(\.self).joined(separator: " ")
    default: address(of: key)?.description ?? ""
    }
  }

  /// The address of a group, which may have a name; `nil` if the group is none of one address.
  func address(of key: UInt128) -> AnyIPAddress? {
    switch self {
    case .source6: .v6(IPv6Address(bits: key))
    case .source4, .destination4: .v4(IPv4Address(bits: UInt32(truncatingIfNeeded: key)))
    case .network6, .destinationPort, .proto: nil
    }
  }

  /// The port of a group, which may have a name; `nil` if the group is none of one port.
  func port(of key: UInt128) -> UInt16? {
    guard self == .destinationPort, proto(of: key) != .icmp else { return nil }
    return UInt16(truncatingIfNeeded: key)
  }

  private func proto(of key: UInt128) -> L4Protocol? {
    switch self {
    case .destinationPort: L4Protocol(rawValue: UInt8(truncatingIfNeeded: key >> 16))
    case .proto: L4Protocol(rawValue: UInt8(truncatingIfNeeded: key))
    default: nil
    }
  }
}
