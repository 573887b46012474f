internal import JoolCore

/// What makes two records the same session: protocol, IPv6 node and IPv4 node (RFC 6146 §3.2).
struct SessionKey: Hashable, Sendable {
  private let source6: TransportAddress6
  private let destination4: TransportAddress4
  private let proto: L4Protocol

  init(_ session: SessionEntry) {
    source6 = session.source6
    destination4 = session.destination4
    proto = session.proto
  }
}
