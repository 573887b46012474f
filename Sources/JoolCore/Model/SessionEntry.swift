/// One row of the session table: a translated flow, seen from both sides (RFC 6146 §3.2).
///
/// The names are as seen from the IPv6 side, like the kernel's `src6`, `dst6`, `src4`, `dst4`:
///
///     IPv6 node  source6 ── destination6  NAT64  source4 ── destination4  IPv4 node
///
/// For ICMP the ports are identifiers, equal within each side.
public struct SessionEntry: Hashable, Sendable, Codable {
  /// The protocol whose table holds the session.
  public var proto: L4Protocol
  /// The transport address of the IPv6 node.
  public var source6: TransportAddress6
  /// The IPv6 transport address that represents the IPv4 node, inside pool6.
  public var destination6: TransportAddress6
  /// The IPv6 node's mask: the IPv4 transport address that represents it, inside pool4.
  public var source4: TransportAddress4
  /// The transport address of the IPv4 node.
  public var destination4: TransportAddress4
  /// The state of the TCP connection; `.established` unless `proto` is TCP.
  public var state: TCPState
  /// The timeout that applies to the session; `.established` unless `proto` is TCP.
  public var timer: SessionTimer
  /// The time left until the session expires.
  public var expiration: Milliseconds

  /// Creates a session.
  public init(
    proto: L4Protocol, source6: TransportAddress6, destination6: TransportAddress6, source4: TransportAddress4,
    destination4: TransportAddress4, state: TCPState = .established, timer: SessionTimer = .established,
    expiration: Milliseconds
  ) {
    self.proto = proto
    self.source6 = source6
    self.destination6 = destination6
    self.source4 = source4
    self.destination4 = destination4
    self.state = state
    self.timer = timer
    self.expiration = expiration
  }
}
