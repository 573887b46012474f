extension JoolClient where Transport: ~Copyable {
  /// The instance's global variables in the order of their numbers. Variables that this library does not know are left
  /// out. Blocks until the module has answered for the last page.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList` if the module announces more variables
  ///   after a page that contains none that this library knows.
  public mutating func globals() throws(JoolError) -> [GlobalSetting] {
    var settings: [GlobalSetting] = []
    var attributes: [RequestAttribute] = []
    while true {
      let answer = try exchange(.globalForEach, attributes)
      let page = try Self.decoding { () throws(WireFormatError) in try answer.globals() }
      settings += page
      guard answer.hasMore else { return settings }
      guard let last = page.last else { throw .endlessList(.globalForEach) }
      attributes = [.numberOffset(UInt8(truncatingIfNeeded: last.key.number))]
    }
  }

  /// Changes all of these variables or none. Blocks until the module answers.
  /// - Parameters:
  ///   - settings: The variables and their new values.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func update(_ settings: [GlobalSetting], force: Bool = false) throws(JoolError) {
    _ = try exchange(.globalUpdate, [.globals(settings)], flags: force ? .force : [])
  }

  /// The module's counters in the order of their numbers, zeros included. Blocks until the module has answered for the
  /// last page.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList` if the module announces more counters
  ///   after an empty page or after a number above 255.
  public mutating func statistics() throws(JoolError) -> [Statistic] {
    var statistics: [Statistic] = []
    var attributes: [RequestAttribute] = []
    let module = module
    while true {
      let answer = try exchange(.statisticsForEach, attributes)
      let page = try Self.decoding { () throws(WireFormatError) in try answer.statistics(module: module) }
      statistics += page
      guard answer.hasMore else { return statistics }
      guard let last = page.last, last.id <= UInt16(UInt8.max) else { throw .endlessList(.statisticsForEach) }
      attributes = [.numberOffset(UInt8(last.id))]
    }
  }
}
