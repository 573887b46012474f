/// The tables of a NAT64: pool4 and BIB. Pages are given as they arrive.
extension JoolClient where Transport: ~Copyable {
  public mutating func forEachPool4Entry(
    of proto: L4Protocol, _ page: ([Pool4Entry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.pool4ForEach, [.proto(proto)], offset: { [.pool4Offset($0)] }, page: page)
  }

  /// One page of the pool4 of a protocol: the entries after `previous`, in the order of `forEachPool4Entry`.
  /// For callers that have other things to do between pages. Blocks until the module has answered.
  public mutating func pool4Entries(
    of proto: L4Protocol, after previous: Pool4Entry?
  ) throws(JoolError) -> (entries: [Pool4Entry], hasMore: Bool) {
    let answer = try exchange(.pool4ForEach, [.proto(proto)] + (previous.map { [.pool4Offset($0)] } ?? []))
    let entries = try Self.decoding { () throws(WireFormatError) in try answer.list(of: Pool4Entry.self) }
    guard !answer.hasMore || !entries.isEmpty && entries.last != previous else { throw .endlessList(.pool4ForEach) }
    return (entries, answer.hasMore)
  }

  /// `force` reaches modules from 4.1.15 on only; older ones have nothing to force.
  public mutating func addPool4(_ entry: Pool4Entry, force: Bool = false) throws(JoolError) {
    let flags: JoolHeader.Flags = force && module >= ModuleVersion(4, 1, 15) ? .force : []
    _ = try exchange(.pool4Add, [.pool4Entry(entry)], flags: flags)
  }

  /// Removes what `entry` covers. `quick` leaves the BIB entries of the range alone.
  public mutating func removePool4(_ entry: Pool4Entry, quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Remove, [.pool4Entry(entry)], flags: quick ? .quick : [])
  }

  public mutating func flushPool4(quick: Bool = false) throws(JoolError) {
    _ = try exchange(.pool4Flush, flags: quick ? .quick : [])
  }

  public mutating func forEachBIBEntry(
    of proto: L4Protocol, _ page: ([BIBEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.bibForEach, [.proto(proto)], offset: { [.bibOffset($0)] }, page: page)
  }

  /// One page of the BIB of a protocol: the entries after `previous`, in the order of `forEachBIBEntry`.
  /// For callers that have other things to do between pages. Blocks until the module has answered.
  public mutating func bibEntries(
    of proto: L4Protocol, after previous: BIBEntry?
  ) throws(JoolError) -> (entries: [BIBEntry], hasMore: Bool) {
    let answer = try exchange(.bibForEach, [.proto(proto)] + (previous.map { [.bibOffset($0)] } ?? []))
    let entries = try Self.decoding { () throws(WireFormatError) in try answer.list(of: BIBEntry.self) }
    guard !answer.hasMore || !entries.isEmpty && entries.last != previous else { throw .endlessList(.bibForEach) }
    return (entries, answer.hasMore)
  }

  /// The BIB entry that a mask has now; `nil` if it has none. The module has no request for a single entry. Lists are in the order of
  /// masks and go on after one that need not exist, so this asks for the page that begins with `mask`.
  public mutating func bibEntry(of proto: L4Protocol, mask: TransportAddress4) throws(JoolError) -> BIBEntry? {
    let (address, port) = (mask.address.bits, mask.port)
    let before = TransportAddress4(IPv4Address(bits: port > 0 ? address : address &- 1), port &- 1)
    let nobody = TransportAddress6(IPv6Address(bits: 0), 0)
    let previous = BIBEntry(proto: proto, source6: nobody, source4: before, isStatic: false)
    let first = try bibEntries(of: proto, after: previous).entries.first
    return first?.source4 == mask ? first : nil
  }

  public mutating func addBIB(_ entry: BIBEntry) throws(JoolError) { _ = try exchange(.bibAdd, [.bibEntry(entry)]) }

  public mutating func removeBIB(_ selector: BIBSelector) throws(JoolError) {
    _ = try exchange(.bibRemove, [.bibSelector(selector)])
  }
}
