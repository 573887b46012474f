/// A mapping between an IPv6 node's transport address and its IPv4 mask (RFC 6146 §3.1).
public struct BIBEntry: Hashable, Sendable {
  public var proto: L4Protocol
  public var source6: TransportAddress6
  public var source4: TransportAddress4
  /// Made by an administrator; lives without sessions.
  public var isStatic: Bool

  public init(proto: L4Protocol, source6: TransportAddress6, source4: TransportAddress4, isStatic: Bool) {
    self.proto = proto
    self.source6 = source6
    self.source4 = source4
    self.isStatic = isStatic
  }
}

/// Which BIB entry to remove: by either address, or by both (then the pair must match).
public struct BIBSelector: Hashable, Sendable {
  public var proto: L4Protocol
  public var source6: TransportAddress6?
  public var source4: TransportAddress4?

  public init(proto: L4Protocol, source6: TransportAddress6?, source4: TransportAddress4?) {
    self.proto = proto
    self.source6 = source6
    self.source4 = source4
  }
}
