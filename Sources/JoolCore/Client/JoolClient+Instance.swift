extension JoolClient where Transport: ~Copyable {
  /// The instances of this translator type in all network namespaces, page by page, in the module's hash order.
  public mutating func forEachInstance(_ page: ([InstanceEntry]) throws(JoolError) -> Void) throws(JoolError) {
    try list(.instanceForEach, [], offset: { [.instanceOffset($0)] }, page: page)
  }

  /// Makes the instance. NAT64 needs `pool6`.
  public mutating func addInstance(framework: Framework, pool6: IPv6Prefix?) throws(JoolError) {
    _ = try exchange(.instanceAdd, [.newInstance(NewInstance(framework: framework, pool6: pool6))])
  }

  /// Whether the instance exists in this thread's namespace.
  public mutating func instanceIsRunning() throws(JoolError) -> Bool {
    let answer = try exchange(.instanceHello)
    return try Self.decoding { () throws(WireFormatError) in try answer.isAlive() }
  }

  public mutating func removeInstance() throws(JoolError) { _ = try exchange(.instanceRemove) }

  /// Removes all instances of this translator type in this thread's namespace.
  public mutating func flushInstances() throws(JoolError) { _ = try exchange(.instanceFlush) }
}
