/// Atomic configuration: all of an instance in one transaction.
extension JoolClient where Transport: ~Copyable {
  /// Creates the instance, or replaces its configuration: either all of it or nothing.
  ///
  /// The module keeps a candidate for the calling thread, fills it request by request, and commits it with the last
  /// request. Blocks until the module has answered every request.
  /// - Parameters:
  ///   - configuration: The new configuration. Its `instanceName` is ignored; the client's `instance` is configured.
  ///   - force: Whether to skip the module's optional checks.
  /// - Throws: The errors that all calls have in common.
  public mutating func replace(with configuration: InstanceConfiguration, force: Bool = false) throws(JoolError) {
    _ = try exchange(.fileHandle, [.atomicInit(configuration.framework)])
    for section in configuration.sections {
      for request in section.requests { _ = try exchange(.fileHandle, [request], flags: force ? .force : []) }
    }
    _ = try exchange(.fileHandle, [.atomicEnd])
  }

  /// The variables and tables of the instance, without anything that the module creates itself: dynamic BIB entries,
  /// sessions, and iteration limits that nobody set.
  ///
  /// Prefixes that are not set are left out too.
  ///
  /// The tables are read one after the other, so the result is not a snapshot. Blocks until the module has answered for
  /// the last page.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList`.
  public mutating func configurationSections() throws(JoolError) -> [InstanceConfiguration.Section] {
    let settings = try globals().filter { $0.key.exists(in: translator) && !$0.value.isUnset }
    return [.globals(settings)] + (translator == .nat64 ? try nat64Sections() : try siitSections())
  }

  private mutating func nat64Sections() throws(JoolError) -> [InstanceConfiguration.Section] {
    var pool4: [Pool4Entry] = []
    var bib: [BIBEntry] = []
    for proto in L4Protocol.allCases {
      pool4 += try pool4Entries(of: proto).map(\.asConfigured)
      try forEachBIBEntry(of: proto) { bib += $0.filter(\.isStatic) }
    }
    return [.pool4(pool4), .bib(bib)]
  }

  private mutating func siitSections() throws(JoolError) -> [InstanceConfiguration.Section] {
    [.eamt(try eamEntries()), .denylist4(try denylist4Entries())]
  }
}

extension InstanceConfiguration.Section {
  /// The numbers of entries, rounded down, that fit in a page of 4096 bytes, which every module accepts.
  private static let entriesPerRequest = (pool4: 56, bib: 56, eamt: 72, denylist4: 200)

  /// The section, divided into as many requests as it needs; none if it is empty.
  var requests: [RequestAttribute] {
    let limit = Self.entriesPerRequest
    return switch self {
    case .globals(let settings): settings.isEmpty ? [] : [.globals(settings)]
    case .pool4(let entries): entries.chunks(of: limit.pool4).map(RequestAttribute.pool4)
    case .bib(let entries): entries.chunks(of: limit.bib).map(RequestAttribute.bib)
    case .eamt(let entries): entries.chunks(of: limit.eamt).map(RequestAttribute.eamt)
    case .denylist4(let prefixes): prefixes.chunks(of: limit.denylist4).map(RequestAttribute.denylist4)
    }
  }
}

extension GlobalValue {
  /// Whether this is a prefix that is not set, which is the initial value of such variables.
  fileprivate var isUnset: Bool { self == .prefix6(nil) || self == .prefix4(nil) }
}

extension Pool4Entry {
  /// The entry without a limit that the module computed.
  fileprivate var asConfigured: Pool4Entry {
    var copy = self
    if iterations.flags.contains(.automatic) {
      copy.iterations = .unset
    } else {
      copy.iterations = iterations.flags.contains(.infinite) ? .infinite : .fixed(iterations.limit)
    }
    return copy
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
