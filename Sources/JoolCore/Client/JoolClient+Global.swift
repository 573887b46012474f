extension JoolClient where Transport: ~Copyable {
  /// The instance's global variables in the order of their numbers.
  ///
  /// Variables that this library does not know are left out. Blocks until the module has answered for the last page.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList` if the module announces more
  ///   variables after a page that contains no further one that this library knows.
  public mutating func globals() throws(JoolError) -> [GlobalSetting] {
    var settings: [GlobalSetting] = []
    while true {
      let previous = settings.last?.key.number ?? 0
      let answer = try exchange(.globalForEach, Self.offset(previous))
      settings += try Self.decoding { () throws(WireFormatError) in try answer.globals() }
      guard answer.hasMore else { return settings }
      guard let last = settings.last, last.key.number > previous else { throw .endlessList(.globalForEach) }
    }
  }

  /// Changes all of these variables or none.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - settings: The variables and their new values.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors that all calls have in common.
  public mutating func update(_ settings: [GlobalSetting], force: Bool = false) throws(JoolError) {
    _ = try exchange(.globalUpdate, [.globals(settings)], flags: force ? .force : [])
  }

  /// The module's counters in the order of their numbers, zeros included.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList` if the module announces more
  ///   counters after a page that contains no further one, or after a number above 255.
  public mutating func statistics() throws(JoolError) -> [Statistic] {
    var statistics: [Statistic] = []
    let module = module
    while true {
      let previous = statistics.last?.id ?? 0
      let answer = try exchange(.statisticsForEach, Self.offset(previous))
      statistics += try Self.decoding { () throws(WireFormatError) in try answer.statistics(module: module) }
      guard answer.hasMore else { return statistics }
      guard let last = statistics.last, last.id > previous, last.id <= UInt16(UInt8.max) else {
        throw .endlessList(.statisticsForEach)
      }
    }
  }

  /// The attributes of a request for the numbers after `previous`.
  ///
  /// The first page has none.
  private static func offset(_ previous: UInt16) -> [RequestAttribute] {
    previous == 0 ? [] : [.numberOffset(UInt8(truncatingIfNeeded: previous))]
  }
}
