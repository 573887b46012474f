/// A part of the answer to the question who has a binding, and sessions with whom.
package enum BindingFinding: Hashable, Sendable {
  /// A binding.
  case binding(BIBEntry)
  /// Sessions of the last binding: as many as a page had, and perhaps not all.
  case sessions([SessionEntry])
}

/// Bindings with their sessions.
extension JoolClient where Transport: ~Copyable {
  /// Finds the bindings that a filter is about, and of each the sessions that fit the filter.
  ///
  /// If the filter has a destination, these are the bindings that have such sessions; otherwise also those that have no
  /// session. The memory that it takes does not depend on the size of the tables. Blocks until the module has answered
  /// for the last page.
  /// - Parameters:
  ///   - filter: Protocols, `source6`, `source4`, and destinations. It has no other criteria.
  ///   - wantsSessions: Whether to read sessions where the bindings can be found without them.
  ///   - found: Called with each binding, then with its sessions, ordered by protocol and mask.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  package mutating func find(
    _ filter: SessionFilter, wantsSessions: Bool, _ found: (BindingFinding) -> Void
  ) throws(JoolError) {
    for proto in filter.possibleProtocols {
      var filter = filter
      filter.protocols = [proto]
      if filter.destination4 == nil, filter.destination6 == nil {
        try findByBinding(filter, proto, wantsSessions: wantsSessions, found)
      } else {
        try findBySession(filter, proto, found)
      }
    }
  }

  /// Finds the mappings that have sessions that fit a filter, each with all of its sessions.
  ///
  /// The memory that it takes does not depend on the size of the tables. Blocks until the module has answered for the
  /// last page.
  /// - Parameters:
  ///   - filter: The criteria for sessions.
  ///   - found: Called with each mapping and its sessions, ordered by protocol and mask.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  package mutating func findMappings(
    _ filter: SessionFilter, _ found: (BIBEntry, [SessionEntry]) -> Void
  ) throws(JoolError) {
    for proto in filter.possibleProtocols {
      var filter = filter
      filter.protocols = [proto]
      var search = TableSearch<SessionEntry>(filter)
      var bindings = MaskReader<BIBEntry>(proto)
      var sessions = MaskReader<SessionEntry>(proto)
      var last: TransportAddress4?
      while let page = try search.next(from: &self) {
        for session in page where session.source4 != last {
          last = session.source4
          var entry: BIBEntry?
          var all: [SessionEntry] = []
          try bindings.forEachPage(of: session.source4, from: &self) { entry = $0.first }
          try sessions.forEachPage(of: session.source4, from: &self) { all += $0 }
          // What has ended meanwhile need not be ended.
          if let entry, entry.source6 == session.source6 { found(entry, all.filter { $0.source6 == entry.source6 }) }
        }
      }
    }
  }

  private mutating func findByBinding(
    _ filter: SessionFilter, _ proto: L4Protocol, wantsSessions: Bool, _ found: (BindingFinding) -> Void
  ) throws(JoolError) {
    // In the BIB of a protocol, each transport address is unique on both sides.
    let isUnique = filter.source6?.isSingle == true || filter.source4?.isSingle == true
    var search = TableSearch<BIBEntry>(filter, limit: isUnique ? 1 : .max)
    var sessions = MaskReader<SessionEntry>(proto)
    while let entries = try search.next(from: &self) {
      for entry in entries {
        found(.binding(entry))
        guard wantsSessions else { continue }
        try sessions.forEachPage(of: entry.source4, from: &self) { found(.sessions($0)) }
      }
    }
  }

  private mutating func findBySession(
    _ filter: SessionFilter, _ proto: L4Protocol, _ found: (BindingFinding) -> Void
  ) throws(JoolError) {
    var search = TableSearch<SessionEntry>(filter)
    var bindings = MaskReader<BIBEntry>(proto)
    var last: TransportAddress4?
    while let page = try search.next(from: &self) {
      var rest = page[...]
      while let session = rest.first {
        let sessions = rest.prefix { $0.source4 == session.source4 }
        rest = rest[sessions.endIndex...]
        if session.source4 != last {
          // If the binding has ended meanwhile, the session shows what it was.
          var entry = BIBEntry(proto: proto, source6: session.source6, source4: session.source4, isStatic: false)
          try bindings.forEachPage(of: session.source4, from: &self) { page in
            if let now = page.first, now.source6 == entry.source6 { entry = now }
          }
          found(.binding(entry))
          last = session.source4
        }
        found(.sessions(Array(sessions)))
      }
    }
  }
}

/// Reads the rows of some masks of a protocol, which are asked for in ascending order.
///
/// It keeps the last page, which usually has the rows of the next masks too. So it never takes more requests than the
/// whole list.
private struct MaskReader<Row: TableRow> {
  private let proto: L4Protocol
  private var page: ArraySlice<Row> = []
  /// Whether the list has rows after `page`.
  private var hasMore = true

  init(_ proto: L4Protocol) { self.proto = proto }

  /// Passes the rows of a mask to `body`, page by page.
  mutating func forEachPage<Transport: KernelTransport & ~Copyable>(
    of mask: TransportAddress4, from client: inout JoolClient<Transport>, _ body: ([Row]) -> Void
  ) throws(JoolError) {
    page = page.drop { $0.source4 < mask }
    if page.isEmpty, hasMore { try read(after: Row.position(before: mask, of: proto), from: &client) }
    while true {
      let rows = page.prefix { $0.source4 == mask }
      if !rows.isEmpty { body(Array(rows)) }
      page = page[rows.endIndex...]
      guard page.isEmpty, hasMore, let last = rows.last else { return }
      try read(after: last, from: &client)
    }
  }

  private mutating func read<Transport: KernelTransport & ~Copyable>(
    after previous: Row?, from client: inout JoolClient<Transport>
  ) throws(JoolError) {
    let (rows, hasMore) = try Row.page(of: proto, after: previous, from: &client)
    page = rows[...]
    self.hasMore = hasMore
  }
}
