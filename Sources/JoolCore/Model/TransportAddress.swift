/// An address and a port, or for ICMP an address and an identifier (RFC 6146 §2). Text form `192.0.2.1#80`.
public struct TransportAddress<Address: IPAddress>: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let address: Address
  public let port: UInt16

  public init(_ address: Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }

  public static func < (left: Self, right: Self) -> Bool { (left.address, left.port) < (right.address, right.port) }

  public var description: String { "\(address)#\(port)" }
}

public typealias TransportAddress4 = TransportAddress<IPv4Address>
public typealias TransportAddress6 = TransportAddress<IPv6Address>
