/// An Explicit Address Mapping (RFC 7757): an IPv6 and an IPv4 prefix whose addresses are translated to each other.
public struct EAMEntry: Hashable, Sendable, Codable {
  /// The IPv6 prefix.
  public var prefix6: IPv6Prefix
  /// The IPv4 prefix.
  public var prefix4: IPv4Prefix

  /// Creates a mapping.
  public init(prefix6: IPv6Prefix, prefix4: IPv4Prefix) {
    self.prefix6 = prefix6
    self.prefix4 = prefix4
  }
}

/// The criterion by which an EAMT entry is removed: either prefix, or both.
public struct EAMSelector: Hashable, Sendable {
  /// The IPv6 prefix, or `.absent` to select by `prefix4` alone.
  public var prefix6: PrefixChoice<IPv6Address>
  /// The IPv4 prefix, or `.absent` to select by `prefix6` alone.
  public var prefix4: PrefixChoice<IPv4Address>

  /// Creates a selector.
  public init(prefix6: PrefixChoice<IPv6Address>, prefix4: PrefixChoice<IPv4Address>) {
    self.prefix6 = prefix6
    self.prefix4 = prefix4
  }
}

/// A prefix, the module's "null" prefix, or the absence of both.
///
/// The module refuses null where it accepts absence.
public enum PrefixChoice<Address: IPAddress>: Hashable, Sendable {
  /// No attribute at all.
  case absent
  /// An attribute for a prefix that is not set.
  case null
  /// A prefix that is set.
  case prefix(IPPrefix<Address>)
}

/// The answer to `address query`: the translated address, and the rule that translated it.
public struct AddressTranslation: Hashable, Sendable {
  /// The translated address.
  public var address: AnyIPAddress
  /// The rule that translated the address.
  public var rule: Rule

  /// The rule of a translation: pool6 (RFC 6052) or an EAMT entry (RFC 7757).
  public enum Rule: Hashable, Sendable {
    /// The prefix pool6.
    case pool6(IPv6Prefix)
    /// An entry of the EAMT.
    case eam(EAMEntry)
  }
}
