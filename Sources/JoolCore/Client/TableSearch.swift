/// Reads the rows of a NAT64's tables that fit a filter, page by page.
///
/// It requests only the parts of the tables that may have such rows. If the filter has `source4`, it begins each part
/// with the first mask that may fit and ends with the last one.
package struct TableSearch<Row: TableRow>: Sendable {
  private let filter: SessionFilter
  private let isSelective: Bool
  private var protocols: ArraySlice<L4Protocol>
  /// The last row that the module has sent for the first of `protocols`.
  private var position: Row?
  /// The number of rows that may still be returned.
  private var rest: Int

  /// Begins a search.
  /// - Parameters:
  ///   - filter: The criteria for rows.
  ///   - limit: The number of rows after which the search ends.
  package init(_ filter: SessionFilter, limit: Int = .max) {
    self.filter = filter
    isSelective = filter.isSelective
    protocols = filter.possibleProtocols[...]
    rest = limit
  }

  /// Requests pages until one has rows that fit.
  ///
  /// Blocks until the module has answered for each of them.
  /// - Returns: The rows of that page that fit; `nil` after the last row.
  /// - Throws: The errors that all calls of the client have in common, and `JoolError.endlessList`.
  package mutating func next<Transport: KernelTransport & ~Copyable>(
    from client: inout JoolClient<Transport>
  ) throws(JoolError) -> [Row]? {
    while rest > 0, let proto = protocols.first {
      var offset = position
      var first = TransportAddress4.lowest
      if let range = filter.source4 {
        guard let mask = range.first(from: position?.source4 ?? .lowest) else {
          endProtocol()
          continue
        }
        if mask != position?.source4 { offset = Row.position(before: mask, of: proto) }
        first = mask
      }
      var (rows, hasMore) = try Row.page(of: proto, after: offset, from: &client)
      // A list that goes back would never end.
      if let row = rows.first, row.source4 < first { throw .endlessList(Row.listOperation) }
      position = rows.last
      if !hasMore { endProtocol() }
      if isSelective { rows.removeAll { !$0.fits(filter) } }
      if rows.count > rest { rows.removeLast(rows.count - rest) }
      rest -= rows.count
      if !rows.isEmpty { return rows }
    }
    return nil
  }

  private mutating func endProtocol() {
    protocols.removeFirst()
    position = nil
  }
}

extension TransportAddress4 {
  /// `0.0.0.0#0`.
  fileprivate static var lowest: Self { Self(IPv4Address(bits: 0), 0) }
}

/// Rows that fit a filter. With a SIIT client these calls throw `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// Passes the sessions that fit a filter to `page`, ordered by protocol, mask and IPv4 node.
  ///
  /// Blocks until the module has answered for the last page. Requests only the parts of the table that may have such
  /// sessions: a filter with a single mask usually takes one request for each protocol.
  /// - Parameters:
  ///   - filter: The criteria for sessions.
  ///   - limit: The number of sessions after which no more pages are requested.
  ///   - page: Called with the sessions of each page that has some. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachSession(
    matching filter: SessionFilter, limit: Int = .max, _ page: ([SessionEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    var search = TableSearch<SessionEntry>(filter, limit: limit)
    while let sessions = try search.next(from: &self) { try page(sessions) }
  }

  /// Passes the BIB entries that fit the protocols, `source6` and `source4` of a filter to `page`, ordered by protocol
  /// and mask.
  ///
  /// Blocks until the module has answered for the last page. Requests only the parts of the BIB that may have such
  /// entries.
  /// - Parameters:
  ///   - filter: The criteria for entries.
  ///   - limit: The number of entries after which no more pages are requested.
  ///   - page: Called with the entries of each page that has some. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachBIBEntry(
    matching filter: SessionFilter, limit: Int = .max, _ page: ([BIBEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    var search = TableSearch<BIBEntry>(filter, limit: limit)
    while let entries = try search.next(from: &self) { try page(entries) }
  }
}
