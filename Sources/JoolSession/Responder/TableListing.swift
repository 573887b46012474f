internal import JoolCore

/// The lists of BIB entries and sessions of one protocol, in the module's order: by mask (the IPv4 transport address that
/// replaces the IPv6 node), then by IPv4 node.
///
/// The table has no order. So the masks are sorted when a list begins (8 bytes for each BIB entry), and each page begins
/// with a binary search. The entries of a page are looked up in the table when the page is made, so a list does not
/// contain those that were removed meanwhile. It does not contain the BIB entries that were added meanwhile either.
struct TableListing: Sendable {
  /// The age until which the order may serve a client that does not continue its list.
  ///
  /// So the client may miss what was added in this time. In return, it cannot have the masks sorted more often.
  static let maxAge = TimeAmount.milliseconds(200)

  private let proto: L4Protocol
  private let made: Instant
  private let masks: ContiguousArray<UInt64>
  /// The BIB entry whose sessions the last page ended with, and their IPv4 nodes in ascending order.
  ///
  /// A BIB entry may have many pages of sessions.
  private var open: (mask: UInt64, nodes: [TransportAddress4])?
  /// The last BIB entry of the last page, or `nil` if the list is complete.
  private var lastMask: TransportAddress4?
  /// The last session of the last page, or `nil` if the list is complete.
  private var lastSession: ListArguments.SessionOffset?

  init(of proto: L4Protocol, in table: borrowing SessionTable, now: Instant) {
    self.proto = proto
    made = now
    var masks: ContiguousArray<UInt64> = []
    table.forEachBIBEntry { if $0.proto == proto { masks.append($0.source4.packed) } }
    masks.sort()
    self.masks = masks
  }

  /// Whether the order may serve a list of BIB entries that goes on after `position`.
  func serves(bibEntriesAfter position: TransportAddress4?, now: Instant) -> Bool {
    position != nil && position == lastMask || now - made <= Self.maxAge
  }

  /// Whether the order may serve a list of sessions that goes on after `position`.
  func serves(sessionsAfter position: ListArguments.SessionOffset?, now: Instant) -> Bool {
    position != nil && position == lastSession || now - made <= Self.maxAge
  }

  /// Appends the BIB entries after `position` to `reply`, as many as fit.
  mutating func appendBIBEntries(
    after position: TransportAddress4?, from table: borrowing SessionTable, to reply: inout Reply, limit: Int
  ) {
    let first = position.map { masks.countOfPrefix(upTo: $0.packed) } ?? 0
    for mask in masks[first...] {
      guard let entry = table.bibEntry(proto: proto, source4: TransportAddress4(packed: mask)) else { continue }
      guard reply.append(entry, limit: limit) else { return }
      lastMask = entry.source4
    }
    lastMask = nil
  }

  /// Appends the sessions after `position` to `reply`, as many as fit.
  mutating func appendSessions(
    after position: ListArguments.SessionOffset?, from table: borrowing SessionTable, to reply: inout Reply,
    limit: Int, now: Instant
  ) {
    let start = position?.mask.packed
    // The position's own mask is included, because it may have more sessions.
    let first = start.map { $0 == 0 ? 0 : masks.countOfPrefix(upTo: $0 - 1) } ?? 0
    for mask in masks[first...] {
      guard let bib = table.bibEntry(proto: proto, source4: TransportAddress4(packed: mask)) else { continue }
      let nodes = sortedNodes(of: bib, mask, in: table, now: now)
      let skipped = if let position, mask == start { nodes.countOfPrefix(upTo: position.node) } else { 0 }
      for node in nodes[skipped...] {
        let session = table.session(proto: proto, source6: bib.source6, destination4: node, now: now)
        guard let session else { continue }
        guard reply.append(session.entry, limit: limit) else { return }
        lastSession = ListArguments.SessionOffset(mask: bib.source4, node: node)
      }
    }
    lastSession = nil
  }

  private mutating func sortedNodes(
    of bib: BIBEntry, _ mask: UInt64, in table: borrowing SessionTable, now: Instant
  ) -> [TransportAddress4] {
    if let open, open.mask == mask { return open.nodes }
    let nodes = table.sessions(of: bib, now: now).map(\.entry.destination4).sorted()
    open = (mask, nodes)
    return nodes
  }
}

extension TransportAddress4 {
  /// The address and the port in one number, which compares like them.
  fileprivate var packed: UInt64 { UInt64(address.bits) << 16 | UInt64(port) }

  fileprivate init(packed: UInt64) {
    self.init(IPv4Address(bits: UInt32(truncatingIfNeeded: packed >> 16)), UInt16(truncatingIfNeeded: packed))
  }
}

extension RandomAccessCollection where Element: Comparable, Index == Int {
  /// The number of elements that are at most `bound`, by binary search.
  ///
  /// Expects that the elements are in ascending order and that the first index is 0.
  fileprivate func countOfPrefix(upTo bound: Element) -> Int {
    var range = 0..<count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range = self[middle] <= bound ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }
}
