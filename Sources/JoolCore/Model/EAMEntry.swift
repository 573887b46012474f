/// An Explicit Address Mapping (RFC 7757): an IPv6 and an IPv4 prefix that stand for each other.
public struct EAMEntry: Hashable, Sendable {
  public var prefix6: IPv6Prefix
  public var prefix4: IPv4Prefix

  public init(prefix6: IPv6Prefix, prefix4: IPv4Prefix) {
    self.prefix6 = prefix6
    self.prefix4 = prefix4
  }
}

/// Which EAMT entry to remove: by either prefix, or by both.
public struct EAMSelector: Hashable, Sendable {
  public var prefix6: PrefixChoice<IPv6Address>
  public var prefix4: PrefixChoice<IPv4Address>

  public init(prefix6: PrefixChoice<IPv6Address>, prefix4: PrefixChoice<IPv4Address>) {
    self.prefix6 = prefix6
    self.prefix4 = prefix4
  }
}

/// A prefix, the module's "null" prefix, or no word about it. The module refuses null where it accepts absence.
public enum PrefixChoice<Address: IPAddress>: Hashable, Sendable {
  case absent
  case null
  case prefix(IPPrefix<Address>)
}

/// The answer to `address query`: the translation, and what made it.
public struct AddressTranslation: Hashable, Sendable {
  public var address: Translated
  public var rule: Rule

  /// The translated address.
  public enum Translated: Hashable, Sendable {
    case v4(IPv4Address)
    case v6(IPv6Address)
  }

  /// pool6 (RFC 6052) or an EAMT entry (RFC 7757).
  public enum Rule: Hashable, Sendable {
    case pool6(IPv6Prefix)
    case eam(EAMEntry)
  }
}
