/// The tables of a NAT64: pool4 and BIB. With a SIIT client these calls throw `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// Passes the pool4 entries of one protocol to `page`. Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors of `exchange(_:_:flags:)`, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachPool4Entry(
    of proto: L4Protocol, _ page: ([Pool4Entry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.pool4ForEach, [.proto(proto)], offset: { [.pool4Offset($0)] }, page: page)
  }

  /// One page of the pool4 of a protocol, for callers that have other work to do between pages. Blocks until the module
  /// answers.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - previous: The last entry of the page before, in the order of `forEachPool4Entry`; `nil` for the first page.
  /// - Returns: The entries after `previous`, and whether there are more after them.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList`.
  public mutating func pool4Entries(
    of proto: L4Protocol, after previous: Pool4Entry?
  ) throws(JoolError) -> (entries: [Pool4Entry], hasMore: Bool) {
    let answer = try exchange(.pool4ForEach, [.proto(proto)] + (previous.map { [.pool4Offset($0)] } ?? []))
    let entries = try Self.decoding { () throws(WireFormatError) in try answer.list(of: Pool4Entry.self) }
    guard !answer.hasMore || !entries.isEmpty && entries.last != previous else { throw .endlessList(.pool4ForEach) }
    return (entries, answer.hasMore)
  }

  /// Adds an entry to pool4. Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The new entry.
  ///   - force: Whether to skip the module's optional checks. It is sent to modules from 4.1.15 on only; older ones
  ///     have nothing to force.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func addPool4(_ entry: Pool4Entry, force: Bool = false) throws(JoolError) {
    let flags: JoolHeader.Flags = force && module >= ModuleVersion(4, 1, 15) ? .force : []
    _ = try exchange(.pool4Add, [.pool4Entry(entry)], flags: flags)
  }

  /// Removes the transport addresses that `entry` covers from pool4. Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The addresses and ports to remove.
  ///   - quick: Whether to keep the BIB entries of the range.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func removePool4(_ entry: Pool4Entry, quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Remove, [.pool4Entry(entry)], flags: quick ? .quick : [])
  }

  /// Removes all entries from pool4. Blocks until the module answers.
  /// - Parameter quick: Whether to keep the BIB entries of pool4.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func flushPool4(quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Flush, flags: quick ? .quick : [])
  }

  /// Passes the BIB entries of one protocol to `page`, ordered by mask. Blocks until the module has answered for the
  /// last page.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors of `exchange(_:_:flags:)`, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachBIBEntry(
    of proto: L4Protocol, _ page: ([BIBEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.bibForEach, [.proto(proto)], offset: { [.bibOffset($0)] }, page: page)
  }

  /// One page of the BIB of a protocol, for callers that have other work to do between pages. Blocks until the module
  /// answers.
  /// - Parameters:
  ///   - proto: The protocol whose entries to list.
  ///   - previous: The last entry of the page before, in the order of `forEachBIBEntry`; `nil` for the first page.
  /// - Returns: The entries after `previous`, and whether there are more after them.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList`.
  public mutating func bibEntries(
    of proto: L4Protocol, after previous: BIBEntry?
  ) throws(JoolError) -> (entries: [BIBEntry], hasMore: Bool) {
    let answer = try exchange(.bibForEach, [.proto(proto)] + (previous.map { [.bibOffset($0)] } ?? []))
    let entries = try Self.decoding { () throws(WireFormatError) in try answer.list(of: BIBEntry.self) }
    guard !answer.hasMore || !entries.isEmpty && entries.last != previous else { throw .endlessList(.bibForEach) }
    return (entries, answer.hasMore)
  }

  /// The BIB entry that a mask has now, or `nil` if it has none. Blocks until the module answers.
  ///
  /// The module has no request for a single entry. Its lists are ordered by mask and may start after an entry that does
  /// not exist, so this requests the page that begins with `mask`.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList`.
  public mutating func bibEntry(of proto: L4Protocol, mask: TransportAddress4) throws(JoolError) -> BIBEntry? {
    let (address, port) = (mask.address.bits, mask.port)
    let before = TransportAddress4(IPv4Address(bits: port > 0 ? address : address &- 1), port &- 1)
    let nobody = TransportAddress6(IPv6Address(bits: 0), 0)
    let previous = BIBEntry(proto: proto, source6: nobody, source4: before, isStatic: false)
    let first = try bibEntries(of: proto, after: previous).entries.first
    return first?.source4 == mask ? first : nil
  }

  /// Adds an entry to the BIB. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func addBIB(_ entry: BIBEntry) throws(JoolError) { _ = try exchange(.bibAdd, [.bibEntry(entry)]) }

  /// Removes the entry that `selector` identifies from the BIB. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func removeBIB(_ selector: BIBSelector) throws(JoolError) {
    _ = try exchange(.bibRemove, [.bibSelector(selector)])
  }
}
