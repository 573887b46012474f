/// A mapping between an IPv6 node's transport address and the IPv4 transport address that represents it (RFC 6146
/// §3.1).
///
/// Jool calls the IPv4 address the node's mask.
public struct BIBEntry: Hashable, Sendable, Codable {
  /// The protocol whose table holds the entry.
  public var proto: L4Protocol
  /// The transport address of the IPv6 node.
  public var source6: TransportAddress6
  /// The node's mask, inside pool4.
  public var source4: TransportAddress4
  /// Whether an administrator added the entry.
  ///
  /// A static entry stays without sessions.
  public var isStatic: Bool

  /// Creates an entry.
  public init(proto: L4Protocol, source6: TransportAddress6, source4: TransportAddress4, isStatic: Bool) {
    self.proto = proto
    self.source6 = source6
    self.source4 = source4
    self.isStatic = isStatic
  }
}

/// The criterion by which a BIB entry is removed: either address, or both (then the pair must match).
public struct BIBSelector: Hashable, Sendable {
  /// The protocol whose table holds the entry.
  public var proto: L4Protocol
  /// The transport address of the IPv6 node, or `nil` to select by `source4` alone.
  public var source6: TransportAddress6?
  /// The node's mask, or `nil` to select by `source6` alone.
  public var source4: TransportAddress4?

  /// Creates a selector.
  public init(proto: L4Protocol, source6: TransportAddress6?, source4: TransportAddress4?) {
    self.proto = proto
    self.source6 = source6
    self.source4 = source4
  }
}
