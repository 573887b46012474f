internal import JoolCore

/// Pages of the lists of BIB entries and sessions, in the module's order: by mask (the IPv4 transport address that
/// replaces the IPv6 node), then by IPv4 node.
///
/// The table has the masks in order, so a page begins with a search, wherever that is, and has what the table has when
/// the page is made.
struct TableListing: Sendable {
  /// The BIB entry whose sessions the last page ended with, and their IPv4 nodes in ascending order.
  ///
  /// A BIB entry may have many pages of sessions, and its sessions are sorted only for the first one.
  private var open: (proto: L4Protocol, position: ListArguments.SessionOffset, nodes: [TransportAddress4])?

  /// Appends the BIB entries of a protocol after `position` to `reply`, as many as fit.
  func appendBIBEntries(
    of proto: L4Protocol, after position: TransportAddress4?, from table: borrowing SessionTable, to reply: inout Reply,
    limit: Int
  ) {
    let order = table.masksInOrder()
    var mask = order.next(proto, after: position)
    while let this = mask {
      if let entry = table.bibEntry(proto: proto, source4: this), !reply.append(entry, limit: limit) { return }
      mask = order.next(proto, after: this)
    }
  }

  /// Appends the sessions of a protocol after `position` to `reply`, as many as fit.
  mutating func appendSessions(
    of proto: L4Protocol, after position: ListArguments.SessionOffset?, from table: borrowing SessionTable,
    to reply: inout Reply, limit: Int, now: Instant
  ) {
    let former = open
    open = nil
    let order = table.masksInOrder()
    // The position's own mask is included, because it may have more sessions.
    var mask = order.next(proto, after: position?.mask.predecessor)
    while let this = mask {
      mask = order.next(proto, after: this)
      guard let bib = table.bibEntry(proto: proto, source4: this) else { continue }
      var nodes: [TransportAddress4]
      var skipped = 0
      if let former, former.proto == proto, former.position == position, former.position.mask == this {
        nodes = former.nodes
      } else {
        nodes = table.sessions(of: bib, now: now).map(\.entry.destination4).sorted()
      }
      if let position, position.mask == this { skipped = nodes.countOfPrefix { $0 <= position.node } }
      var last: TransportAddress4?
      for node in nodes[skipped...] {
        let session = table.session(proto: proto, source6: bib.source6, destination4: node, now: now)
        guard let session else { continue }
        guard reply.append(session.entry, limit: limit) else {
          if let last { open = (proto, ListArguments.SessionOffset(mask: this, node: last), nodes) }
          return
        }
        last = node
      }
    }
  }
}
