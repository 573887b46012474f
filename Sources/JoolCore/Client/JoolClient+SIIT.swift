/// The tables of a SIIT: EAMT and denylist4, and its address queries.
extension JoolClient where Transport: ~Copyable {
  public mutating func forEachEAM(_ page: ([EAMEntry]) throws(JoolError) -> Void) throws(JoolError) {
    try list(.eamtForEach, [], offset: { [.prefixOffset($0.prefix4)] }, page: page)
  }

  public mutating func addEAM(_ entry: EAMEntry, force: Bool = false) throws(JoolError) {
    _ = try exchange(.eamtAdd, [.eam(entry)], flags: force ? .force : [])
  }

  public mutating func removeEAM(_ selector: EAMSelector) throws(JoolError) {
    _ = try exchange(.eamtRemove, [.eamSelector(selector)])
  }

  public mutating func flushEAMT() throws(JoolError) { _ = try exchange(.eamtFlush) }

  public mutating func forEachDenylist4Entry(_ page: ([IPv4Prefix]) throws(JoolError) -> Void) throws(JoolError) {
    try list(.denylist4ForEach, [], offset: { [.prefixOffset($0)] }, page: page)
  }

  public mutating func addDenylist4(_ prefix: IPv4Prefix, force: Bool = false) throws(JoolError) {
    _ = try exchange(.denylist4Add, [.prefix(prefix)], flags: force ? .force : [])
  }

  public mutating func removeDenylist4(_ prefix: IPv4Prefix) throws(JoolError) {
    _ = try exchange(.denylist4Remove, [.prefix(prefix)])
  }

  public mutating func flushDenylist4() throws(JoolError) { _ = try exchange(.denylist4Flush) }

  public mutating func translate(_ address: IPv6Address) throws(JoolError) -> AddressTranslation {
    try translation(of: .addressQuery6(address), by: .addressQuery64)
  }

  public mutating func translate(_ address: IPv4Address) throws(JoolError) -> AddressTranslation {
    try translation(of: .addressQuery4(address), by: .addressQuery46)
  }

  private mutating func translation(
    of query: RequestAttribute, by operation: JoolOperation
  ) throws(JoolError) -> AddressTranslation {
    let answer = try exchange(operation, [query])
    return try Self.decoding { () throws(WireFormatError) in try answer.translation() }
  }
}
