/// The tables of a NAT64: pool4 and BIB. With a SIIT client these calls throw `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// All pool4 entries of one protocol.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Parameter proto: The protocol whose entries to list.
  /// - Returns: The entries, in the module's order.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func pool4Entries(of proto: L4Protocol) throws(JoolError) -> [Pool4Entry] {
    var all: [Pool4Entry] = []
    try forEachPool4Entry(of: proto) { all += $0 }
    return all
  }

  /// Passes the pool4 entries of one protocol to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachPool4Entry(
    of proto: L4Protocol, _ page: ([Pool4Entry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.pool4ForEach, [.proto(proto)], offset: { [.pool4Offset($0)] }, page: page)
  }

  /// Passes the pool4 entries of one protocol to a closure that throws errors of its own.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachPool4Entry<Failure>(
    of proto: L4Protocol, _ page: ([Pool4Entry]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .pool4ForEach, [.proto(proto)], offset: { [.pool4Offset($0)] }, page)
  }

  /// One page of the pool4 of a protocol, for callers that have other work to do between pages.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - previous: The last entry of the page before, in the order of `forEachPool4Entry`; `nil` for the first page.
  /// - Returns: The entries after `previous`, and whether there are more after them.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func pool4Entries(
    of proto: L4Protocol, after previous: Pool4Entry?
  ) throws(JoolError) -> (entries: [Pool4Entry], hasMore: Bool) {
    let attributes = [.proto(proto)] + (previous.map { [RequestAttribute.pool4Offset($0)] } ?? [])
    return try page(of: .pool4ForEach, attributes, after: previous)
  }

  /// Adds an entry to pool4.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The new entry.
  ///   - force: Whether to skip the module's optional checks. It is sent to modules from 4.1.15 on only; older ones
  ///     have nothing to force.
  /// - Throws: The errors that all calls have in common.
  public mutating func addPool4(_ entry: Pool4Entry, force: Bool = false) throws(JoolError) {
    let flags: JoolHeader.Flags = force && module >= ModuleVersion(4, 1, 15) ? .force : []
    _ = try exchange(.pool4Add, [.pool4Entry(entry)], flags: flags)
  }

  /// Removes the transport addresses that `entry` covers from pool4.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The addresses and ports to remove.
  ///   - quick: Whether to keep the BIB entries of the range.
  /// - Throws: The errors that all calls have in common.
  public mutating func removePool4(_ entry: Pool4Entry, quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Remove, [.pool4Entry(entry)], flags: quick ? .quick : [])
  }

  /// Removes all entries from pool4.
  ///
  /// Blocks until the module answers.
  /// - Parameter quick: Whether to keep the BIB entries of pool4.
  /// - Throws: The errors that all calls have in common.
  public mutating func flushPool4(quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Flush, flags: quick ? .quick : [])
  }

  /// All BIB entries of one protocol.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Parameter proto: The protocol whose entries to list.
  /// - Returns: The entries, ordered by mask.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func bibEntries(of proto: L4Protocol) throws(JoolError) -> [BIBEntry] {
    var all: [BIBEntry] = []
    try forEachBIBEntry(of: proto) { all += $0 }
    return all
  }

  /// Passes the BIB entries of one protocol to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachBIBEntry(
    of proto: L4Protocol, _ page: ([BIBEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.bibForEach, [.proto(proto)], offset: { [.bibOffset($0)] }, page: page)
  }

  /// Passes the BIB entries of one protocol to a closure that throws errors of its own.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachBIBEntry<Failure>(
    of proto: L4Protocol, _ page: ([BIBEntry]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .bibForEach, [.proto(proto)], offset: { [.bibOffset($0)] }, page)
  }

  /// One page of the BIB of a protocol, for callers that have other work to do between pages.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - previous: The last entry of the page before, in the order of `forEachBIBEntry`; `nil` for the first page.
  /// - Returns: The entries after `previous`, and whether there are more after them.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func bibEntries(
    of proto: L4Protocol, after previous: BIBEntry?
  ) throws(JoolError) -> (entries: [BIBEntry], hasMore: Bool) {
    let attributes = [.proto(proto)] + (previous.map { [RequestAttribute.bibOffset($0)] } ?? [])
    return try page(of: .bibForEach, attributes, after: previous)
  }

  /// The BIB entry that a mask has now, or `nil` if it has none.
  ///
  /// Blocks until the module answers.
  ///
  /// The module has no request for a single entry. Its lists are ordered by mask and may start after an entry that does
  /// not exist, so this requests the page that begins with `mask`.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func bibEntry(of proto: L4Protocol, mask: TransportAddress4) throws(JoolError) -> BIBEntry? {
    let first = try bibEntries(of: proto, after: BIBEntry.position(before: mask, of: proto)).entries.first
    return first?.source4 == mask ? first : nil
  }

  /// Adds an entry to the BIB.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func addBIB(_ entry: BIBEntry) throws(JoolError) { _ = try exchange(.bibAdd, [.bibEntry(entry)]) }

  /// Removes the entry that `selector` identifies from the BIB.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func removeBIB(_ selector: BIBSelector) throws(JoolError) {
    _ = try exchange(.bibRemove, [.bibSelector(selector)])
  }
}
