/// The tables of a SIIT, EAMT and denylist4, and its address queries. With a NAT64 client these calls throw
/// `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// The entries of the EAMT.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Returns: The entries, in the module's order.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func eamEntries() throws(JoolError) -> [EAMEntry] {
    var all: [EAMEntry] = []
    try forEachEAM { all += $0 }
    return all
  }

  /// Passes the entries of the EAMT to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachEAM(
    _ page: ([EAMEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.eamtForEach, [], offset: { [.prefixOffset($0.prefix4)] }, page: page)
  }

  /// Passes the entries of the EAMT to a closure that throws errors of its own.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachEAM<Failure>(
    _ page: ([EAMEntry]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .eamtForEach, [], offset: { [.prefixOffset($0.prefix4)] }, page)
  }

  /// Adds an entry to the EAMT.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - entry: The new entry.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors that all calls have in common.
  public mutating func addEAM(_ entry: EAMEntry, force: Bool = false) throws(JoolError) {
    _ = try exchange(.eamtAdd, [.eam(entry)], flags: force ? .force : [])
  }

  /// Removes the entry that `selector` identifies from the EAMT.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func removeEAM(_ selector: EAMSelector) throws(JoolError) {
    _ = try exchange(.eamtRemove, [.eamSelector(selector)])
  }

  /// Removes all entries from the EAMT.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func flushEAMT() throws(JoolError) { _ = try exchange(.eamtFlush) }

  /// The prefixes of denylist4.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Returns: The entries, in the module's order.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func denylist4Entries() throws(JoolError) -> [IPv4Prefix] {
    var all: [IPv4Prefix] = []
    try forEachDenylist4Entry { all += $0 }
    return all
  }

  /// Passes the prefixes of denylist4 to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachDenylist4Entry(
    _ page: ([IPv4Prefix]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.denylist4ForEach, [], offset: { [.prefixOffset($0)] }, page: page)
  }

  /// Passes the prefixes of denylist4 to a closure that throws errors of its own.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachDenylist4Entry<Failure>(
    _ page: ([IPv4Prefix]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .denylist4ForEach, [], offset: { [.prefixOffset($0)] }, page)
  }

  /// Adds a prefix to denylist4.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - prefix: The new prefix.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors that all calls have in common.
  public mutating func addDenylist4(_ prefix: IPv4Prefix, force: Bool = false) throws(JoolError) {
    _ = try exchange(.denylist4Add, [.prefix(prefix)], flags: force ? .force : [])
  }

  /// Removes a prefix from denylist4.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func removeDenylist4(_ prefix: IPv4Prefix) throws(JoolError) {
    _ = try exchange(.denylist4Remove, [.prefix(prefix)])
  }

  /// Removes all prefixes from denylist4.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func flushDenylist4() throws(JoolError) { _ = try exchange(.denylist4Flush) }

  /// The IPv4 address to which the instance translates an IPv6 address, and the rule for it.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func translate(_ address: IPv6Address) throws(JoolError) -> AddressTranslation {
    try translation(of: .addressQuery6(address), by: .addressQuery64)
  }

  /// The IPv6 address to which the instance translates an IPv4 address, and the rule for it.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
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
