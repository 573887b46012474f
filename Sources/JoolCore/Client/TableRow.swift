/// A row of a table that the module lists in the order of masks (pool4 transport addresses).
///
/// A list may go on after a row that does not exist. So a reader gets to any mask with one request.
package protocol TableRow: Sendable {
  /// The pool4 transport address of the row.
  var source4: TransportAddress4 { get }

  /// Whether the row fits a filter.
  func fits(_ filter: SessionFilter) -> Bool

  /// A row after which the list goes on with the first row of `mask` or, if there is none, of the next mask.
  ///
  /// `nil` if this is the beginning of the list.
  static func position(before mask: TransportAddress4, of proto: L4Protocol) -> Self?

  /// One page of the list of a protocol.
  /// - Throws: The errors that all calls of the client have in common, and `JoolError.endlessList`.
  static func page<Transport: KernelTransport & ~Copyable>(
    of proto: L4Protocol, after previous: Self?, from client: inout JoolClient<Transport>
  ) throws(JoolError) -> (rows: [Self], hasMore: Bool)

  /// The request for a page.
  static var listOperation: JoolOperation { get }
}

extension BIBEntry: TableRow {
  /// BIB_FOREACH.
  package static var listOperation: JoolOperation { .bibForEach }

  package func fits(_ filter: SessionFilter) -> Bool { filter.matches(self) }

  package static func position(before mask: TransportAddress4, of proto: L4Protocol) -> Self? {
    mask.predecessor.map { BIBEntry(proto: proto, source6: .unspecified, source4: $0, isStatic: false) }
  }

  package static func page<Transport: KernelTransport & ~Copyable>(
    of proto: L4Protocol, after previous: Self?, from client: inout JoolClient<Transport>
  ) throws(JoolError) -> (rows: [Self], hasMore: Bool) {
    let (entries, hasMore) = try client.bibEntries(of: proto, after: previous)
    return (entries, hasMore)
  }
}

extension SessionEntry: TableRow {
  /// SESSION_FOREACH.
  package static var listOperation: JoolOperation { .sessionForEach }

  package func fits(_ filter: SessionFilter) -> Bool { filter.matches(self) }

  /// The sessions of a mask are in the order of `destination4`, so the position has the greatest one.
  package static func position(before mask: TransportAddress4, of proto: L4Protocol) -> Self? {
    mask.predecessor.map {
      SessionEntry(
        proto: proto, source6: .unspecified, destination6: .unspecified, source4: $0,
        destination4: TransportAddress(IPv4Address(bits: .max), .max), expiration: Milliseconds(0))
    }
  }

  package static func page<Transport: KernelTransport & ~Copyable>(
    of proto: L4Protocol, after previous: Self?, from client: inout JoolClient<Transport>
  ) throws(JoolError) -> (rows: [Self], hasMore: Bool) {
    let (sessions, hasMore) = try client.sessions(of: proto, after: previous)
    return (sessions, hasMore)
  }
}

extension TransportAddress6 {
  /// `::#0`, where the module ignores the address.
  fileprivate static var unspecified: Self { Self(IPv6Address(bits: 0), 0) }
}
