extension JoolClient where Transport: ~Copyable {
  /// The instances of this translator type in all network namespaces.
  ///
  /// Reads page by page, so the result is not a snapshot. Blocks until the module has answered for the last page.
  /// - Returns: The entries, in the module's hash order.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func instances() throws(JoolError) -> [InstanceEntry] {
    var all: [InstanceEntry] = []
    try forEachInstance { all += $0 }
    return all
  }

  /// Passes the instances of this translator type in all network namespaces to `page`.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachInstance(
    _ page: ([InstanceEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.instanceForEach, [], offset: { [.instanceOffset($0)] }, page: page)
  }

  /// Passes the instances of this translator type in all network namespaces to a closure that throws its own errors.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameter page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors that all calls have in common and `JoolError.endlessList` as `ListError.module`, and those of
  ///   `page` as `ListError.caller`.
  public mutating func forEachInstance<Failure>(
    _ page: ([InstanceEntry]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    try pages(of: .instanceForEach, [], offset: { [.instanceOffset($0)] }, page)
  }

  /// Creates the instance in the calling thread's network namespace.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - framework: The framework to hook the instance into.
  ///   - pool6: The prefix pool6. NAT64 needs one; for SIIT it may be `nil`.
  /// - Throws: The errors that all calls have in common.
  public mutating func addInstance(framework: Framework, pool6: IPv6Prefix?) throws(JoolError) {
    _ = try exchange(.instanceAdd, [.newInstance(NewInstance(framework: framework, pool6: pool6))])
  }

  /// Whether the instance exists in the calling thread's network namespace.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func instanceIsRunning() throws(JoolError) -> Bool {
    let answer = try exchange(.instanceHello)
    return try Self.decoding { () throws(WireFormatError) in try answer.isAlive() }
  }

  /// Removes the instance from the calling thread's network namespace.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func removeInstance() throws(JoolError) { _ = try exchange(.instanceRemove) }

  /// Removes all instances of this translator type from the calling thread's network namespace.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  public mutating func flushInstances() throws(JoolError) { _ = try exchange(.instanceFlush) }
}
