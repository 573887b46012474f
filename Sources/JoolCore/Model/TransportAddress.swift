/// An address and a port, or for ICMP an address and an identifier (RFC 6146 §2).
///
/// The text form is `192.0.2.1#80`.
public struct TransportAddress<Address: IPAddress>: Hashable, Sendable, Comparable, TextCodable {
  /// The address.
  public let address: Address
  /// The port, or the ICMP identifier.
  public let port: UInt16

  /// Creates a transport address.
  public init(_ address: Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  /// Parses `ADDRESS#PORT`.
  ///
  /// `nil` if the address is not of this family, or if the port is not a decimal number of at most 65535.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let address = Address(parts[0]), let port = UInt16(digits: parts[1]) else { return nil }
    self.init(address, port)
  }

  /// Compares the addresses, then the ports.
  public static func < (left: Self, right: Self) -> Bool { (left.address, left.port) < (right.address, right.port) }

  /// The transport address just before this one, or `nil` if there is none.
  package var predecessor: Self? {
    if port > 0 { return Self(address, port - 1) }
    return address.bits > 0 ? Self(Address(bits: address.bits - 1), .max) : nil
  }

  /// The text form: address, number sign, port.
  public var description: String { "\(address)#\(port)" }
}

/// An IPv4 transport address.
public typealias TransportAddress4 = TransportAddress<IPv4Address>
/// An IPv6 transport address.
public typealias TransportAddress6 = TransportAddress<IPv6Address>
