/// The criteria by which sessions and bindings are chosen.
///
/// A session is chosen if it fits every criterion. Without criteria every session is.
public struct SessionFilter: Hashable, Sendable {
  /// The protocols; all if there are none.
  public var protocols: Set<L4Protocol>
  /// The IPv6 nodes.
  public var source6: TransportRange<IPv6Address>?
  /// The masks: pool4 transport addresses, which represent the IPv6 nodes.
  public var source4: TransportRange<IPv4Address>?
  /// The IPv4 nodes as IPv6 addresses, inside pool6.
  public var destination6: TransportRange<IPv6Address>?
  /// The IPv4 nodes.
  public var destination4: TransportRange<IPv4Address>?
  /// The states of TCP sessions; all if there are none.
  ///
  /// Sessions of other protocols have no state, so a state excludes them.
  public var states: Set<TCPState> = []
  /// A time; the time left of sessions is less.
  public var expiresUnder: Milliseconds?
  /// A time; the time left of sessions is more.
  public var expiresOver: Milliseconds?

  /// Creates a filter.
  public init(
    protocols: Set<L4Protocol> = [], source6: TransportRange<IPv6Address>? = nil,
    source4: TransportRange<IPv4Address>? = nil, destination6: TransportRange<IPv6Address>? = nil,
    destination4: TransportRange<IPv4Address>? = nil
  ) {
    self.protocols = protocols
    self.source6 = source6
    self.source4 = source4
    self.destination6 = destination6
    self.destination4 = destination4
  }

  /// The protocols that sessions may have, in the order of their numbers.
  public var possibleProtocols: [L4Protocol] {
    L4Protocol.allCases.filter { (protocols.isEmpty || protocols.contains($0)) && (states.isEmpty || $0 == .tcp) }
  }

  /// Whether there is any criterion besides the protocols.
  public var isSelective: Bool { self != SessionFilter(protocols: protocols) }

  /// Whether a session fits every criterion.
  public func matches(_ session: SessionEntry) -> Bool {
    (protocols.isEmpty || protocols.contains(session.proto))
      && source6?.contains(session.source6) != false && source4?.contains(session.source4) != false
      && destination6?.contains(session.destination6) != false
      && destination4?.contains(session.destination4) != false
      && (states.isEmpty || session.proto == .tcp && states.contains(session.state))
      && expiresUnder.map { session.expiration < $0 } != false && expiresOver.map { session.expiration > $0 } != false
  }

  /// Whether a binding fits the protocols, `source6` and `source4`.
  ///
  /// Bindings have no destinations, states and expirations, so the other criteria do not apply.
  public func matches(_ entry: BIBEntry) -> Bool {
    (protocols.isEmpty || protocols.contains(entry.proto))
      && source6?.contains(entry.source6) != false && source4?.contains(entry.source4) != false
  }
}
