extension JoolClient where Transport: ~Copyable {
  /// The instance's global variables, by number. Those that this library does not know are left out.
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

  /// Changes variables; all or none.
  public mutating func update(_ settings: [GlobalSetting], force: Bool = false) throws(JoolError) {
    _ = try exchange(.globalUpdate, [.globals(settings)], flags: force ? .force : [])
  }

  /// The module's counters, zeros included, by number.
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
