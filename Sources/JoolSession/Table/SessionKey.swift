internal import JoolCore

/// The identity of a session: protocol, IPv6 node and IPv4 node (RFC 6146 §3.2).
///
/// Two records with the same key are about the same session.
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
