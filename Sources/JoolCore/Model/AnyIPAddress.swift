/// An address of either IP version.
public enum AnyIPAddress: Hashable, Sendable {
  /// An IPv4 address.
  case v4(IPv4Address)
  /// An IPv6 address, without its zone.
  case v6(IPv6Address)
}

extension AnyIPAddress: TextCodable {
  /// Parses an address.
  ///
  /// `nil` if `inet_pton(3)` refuses the text for both versions.
  public init?(_ text: String) {
    if let address = IPv4Address(text) {
      self = .v4(address)
    } else if let address = IPv6Address(text) {
      self = .v6(address)
    } else {
      return nil
    }
  }

  /// The address as `inet_ntop(3)` writes it.
  public var description: String { text }
}
