/// The tables of a SIIT, EAMT and denylist4, and its address queries. With a NAT64 client these calls throw
/// `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// Passes the entries of the EAMT to `page`. Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors of `exchange(_:_:flags:)`, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachEAM(_ page: ([EAMEntry]) throws(JoolError) -> Void) throws(JoolError) {
    try list(.eamtForEach, [], offset: { [.prefixOffset($0.prefix4)] }, page: page)
  }

  /// Adds an entry to the EAMT. Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The new entry.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func addEAM(_ entry: EAMEntry, force: Bool = false) throws(JoolError) {
    _ = try exchange(.eamtAdd, [.eam(entry)], flags: force ? .force : [])
  }

  /// Removes the entry that `selector` identifies from the EAMT. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func removeEAM(_ selector: EAMSelector) throws(JoolError) {
    _ = try exchange(.eamtRemove, [.eamSelector(selector)])
  }

  /// Removes all entries from the EAMT. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func flushEAMT() throws(JoolError) { _ = try exchange(.eamtFlush) }

  /// Passes the prefixes of denylist4 to `page`. Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors of `exchange(_:_:flags:)`, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachDenylist4Entry(_ page: ([IPv4Prefix]) throws(JoolError) -> Void) throws(JoolError) {
    try list(.denylist4ForEach, [], offset: { [.prefixOffset($0)] }, page: page)
  }

  /// Adds a prefix to denylist4. Blocks until the module answers.
  /// - Parameters:
  ///   - prefix: The new prefix.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func addDenylist4(_ prefix: IPv4Prefix, force: Bool = false) throws(JoolError) {
    _ = try exchange(.denylist4Add, [.prefix(prefix)], flags: force ? .force : [])
  }

  /// Removes a prefix from denylist4. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func removeDenylist4(_ prefix: IPv4Prefix) throws(JoolError) {
    _ = try exchange(.denylist4Remove, [.prefix(prefix)])
  }

  /// Removes all prefixes from denylist4. Blocks until the module answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func flushDenylist4() throws(JoolError) { _ = try exchange(.denylist4Flush) }

  /// The IPv4 address to which the instance translates an IPv6 address, and the rule for it. Blocks until the module
  /// answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func translate(_ address: IPv6Address) throws(JoolError) -> AddressTranslation {
    try translation(of: .addressQuery6(address), by: .addressQuery64)
  }

  /// The IPv6 address to which the instance translates an IPv4 address, and the rule for it. Blocks until the module
  /// answers.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
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
