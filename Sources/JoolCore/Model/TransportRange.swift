/// The transport addresses whose address is inside a prefix and whose port is inside a range.
///
/// The text form is `ADDRESS[/LENGTH][#PORT[-PORT]]`: `192.0.2.0/24`, `192.0.2.1#61001`, `2001:db8::/32#40001-40009`.
/// For ICMP the ports are identifiers.
public struct TransportRange<Address: IPAddress>: Hashable, Sendable, TextCodable {
  /// The prefix of the addresses.
  ///
  /// Bits after its length have no meaning.
  public let prefix: IPPrefix<Address>
  /// The ports of each address.
  public let ports: ClosedRange<UInt16>

  /// Creates a range.
  public init(_ prefix: IPPrefix<Address>, ports: ClosedRange<UInt16> = 0...UInt16.max) {
    self.prefix = prefix
    self.ports = ports
  }

  /// Creates the range that contains only `address`.
  public init(_ address: TransportAddress<Address>) {
    self.init(IPPrefix(host: address.address), ports: address.port...address.port)
  }

  /// Parses the text form.
  ///
  /// `nil` if the address is not of this family, or if the length or a port is not a decimal number that fits. The
  /// order of the two ports does not matter.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    guard let prefix = IPPrefix<Address>(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self.init(prefix)
      return
    }
    guard let range = PortRange(parts[1]) else { return nil }
    self.init(prefix, ports: min(range.first, range.last)...max(range.first, range.last))
  }

  /// The text form, without a length of all bits and without a range of all ports.
  public var description: String {
    let address = prefix.length == Address.bitWidth ? "\(prefix.address)" : "\(prefix)"
    if ports == 0...UInt16.max { return address }
    return ports.count == 1 ? "\(address)#\(ports.lowerBound)" : "\(address)#\(ports.lowerBound)-\(ports.upperBound)"
  }

  /// Whether `other` is one of these transport addresses.
  public func contains(_ other: TransportAddress<Address>) -> Bool {
    ports.contains(other.port) && prefix.contains(other.address)
  }

  /// Whether there is only one transport address.
  public var isSingle: Bool { prefix.length == Address.bitWidth && ports.count == 1 }

  /// The first of these transport addresses that is not before `position`.
  ///
  /// `nil` if all of them are before it.
  func first(from position: TransportAddress<Address>) -> TransportAddress<Address>? {
    let suffix = Address.Bits.max >> prefix.length
    let (lowest, highest) = (prefix.address.bits & ~suffix, prefix.address.bits | suffix)
    let address = position.address.bits
    if address < lowest { return TransportAddress(Address(bits: lowest), ports.lowerBound) }
    guard address <= highest else { return nil }
    if position.port <= ports.upperBound {
      return TransportAddress(position.address, max(position.port, ports.lowerBound))
    }
    return address < highest ? TransportAddress(Address(bits: address + 1), ports.lowerBound) : nil
  }
}
