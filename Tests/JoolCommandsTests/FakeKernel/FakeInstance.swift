@testable import JoolCommands
@testable import JoolCore

/// One translator of the fake module.
struct FakeInstance {
  var name: String
  var type: TranslatorType
  var framework: Framework
  var globals: [GlobalSetting]
  var pool4 = FakePool4()
  var bib: [BIBEntry] = []
  var sessions: [SessionEntry] = []
  var eamt: [EAMEntry] = []
  var denylist4: [IPv4Prefix] = []
  /// The counters that are not zero.
  var counters: [String: UInt64] = [:]
  /// The sessions that the module ignores silently, by the ports of their masks.
  var ignoredPorts: Set<UInt16> = []
  /// The number of times that its sessions were advertised.
  var advertisements = 0

  typealias Refusal = FakeKernel.Refusal

  init(name: String = "default", type: TranslatorType, framework: Framework = .netfilter, pool6: IPv6Prefix?) {
    self.name = name
    self.type = type
    self.framework = framework
    globals = GlobalSetting.defaults(of: type, pool6: pool6)
  }

  var entry: InstanceEntry {
    InstanceEntry(namespace: FakeKernel.namespace, framework: framework, name: InstanceName(name) ?? .default)
  }

  mutating func work(on request: Request, for kernel: FakeKernel) throws(Refusal) -> Reply {
    let force = request.header.flags.contains(.force)
    switch (request.operation, request.attributes.first) {
    case (.globalForEach, _):
      return .globals(globals.filter { $0.key.number > request.numberOffset })
    case (.globalUpdate, .globals(let settings)?):
      for setting in settings { try update(setting, force: force) }
    case (.statisticsForEach, _):
      return statistics(after: request.numberOffset, module: kernel.version)
    case (.pool4ForEach, _): return kernel.page(of: pool4.entries(of: request.proto), after: request.pool4Offset)
    case (.pool4Add, .pool4Entry(let entry)?):
      try pool4.add(entry, sparing: force ? nil : kernel.ephemeralPorts)
    case (.pool4Remove, .pool4Entry(let entry)?): pool4.remove(entry)
    case (.pool4Flush, _): pool4 = FakePool4()
    case (.bibForEach, _):
      let offset = request.bibOffset?.source4
      return kernel.page(
        of: bib.filter { entry in entry.proto == request.proto && offset.map { entry.source4 > $0 } != false },
        after: nil)
    case (.bibAdd, .bibEntry(let entry)?): try addBIB(entry)
    case (.bibRemove, .bibSelector(let selector)?): try removeBIB(selector)
    case (.sessionForEach, _):
      let offset = offset(request)
      return kernel.page(
        of: sessions.filter { session in
          session.proto == request.proto
            && offset.map { (session.source4, session.destination4) > ($0.source4, $0.destination4) } != false
        }, after: nil)
    case (.sessionSyncAdvertise, _):
      guard globals.boolean(.ssEnabled) == true else {
        throw Refusal(code: 22, text: "Session sync is disabled on this instance.")
      }
      advertisements += 1
    case (.sessionSyncAdd, .sessions(let records)?): try add(records)
    case (.eamtForEach, _):
      return kernel.page(
        of: eamt, after: request.prefixOffset.flatMap { prefix in eamt.first { $0.prefix4 == prefix } })
    case (.eamtAdd, .eam(let entry)?): try addEAM(entry, force: force)
    case (.eamtRemove, .eamSelector(let selector)?): try removeEAM(selector)
    case (.eamtFlush, _): eamt = []
    case (.denylist4ForEach, _): return kernel.page(of: denylist4, after: request.prefixOffset)
    case (.denylist4Add, .prefix(let prefix)?): try addDenylist4(prefix, force: force)
    case (.denylist4Remove, .prefix(let prefix)?): try removeDenylist4(prefix)
    case (.denylist4Flush, _): denylist4 = []
    case (.addressQuery46, .addressQuery4(let address)?): return try translate(address)
    case (.addressQuery64, .addressQuery6(let address)?): return try translate(address)
    default: preconditionFailure("\(request.operation) is not simulated")
    }
    return .done
  }

  /// Stores a section of a configuration file.
  mutating func fill(with section: RequestAttribute, force: Bool) throws(Refusal) {
    switch section {
    case .globals(let settings):
      for setting in settings {
        guard setting.key.exists(in: type) else {
          throw Refusal(
            code: 22, text: "The 'Globals Container' attribute is malformed: Unsupported attribute")
        }
        let value = try FakeGlobals.checked(setting, type: type, force: force, isNew: true)
        globals = globals.map { $0.key == setting.key ? GlobalSetting(key: $0.key, value: value) : $0 }
      }
    case .pool4(let entries): for entry in entries { try pool4.add(entry) }
    case .bib(let entries): for entry in entries { try addBIB(entry) }
    case .eamt(let entries):
      for entry in entries { try addEAM(entry, force: force) }
    case .denylist4(let prefixes): denylist4 += prefixes
    default: preconditionFailure("not a section: \(section)")
    }
  }

  private func offset(_ request: Request) -> SessionEntry? {
    for case .sessionOffset(let offset) in request.attributes { return offset }
    return nil
  }

  /// Adds or overwrites sessions of a peer.
  private mutating func add(_ records: [UInt8]) throws(Refusal) {
    guard globals.boolean(.ssEnabled) == true else {
      throw Refusal(code: 22, text: "Session sync is disabled on this instance.")
    }
    guard let pool6 = globals.prefix6(.pool6),
      let datagram = try? SyncDatagram(decoding: records.span.bytes, pool6: pool6)
    else { preconditionFailure("the records are malformed") }
    for session in datagram.sessions where !ignoredPorts.contains(session.source4.port) {
      sessions.removeAll {
        $0.proto == session.proto && $0.source6 == session.source6 && $0.destination4 == session.destination4
      }
      sessions.append(session)
      let same = bib.filter { $0.proto == session.proto }
      if !same.contains(where: { $0.source6 == session.source6 || $0.source4 == session.source4 }) {
        bib.append(
          BIBEntry(proto: session.proto, source6: session.source6, source4: session.source4, isStatic: false))
      }
    }
    sessions.sort { ($0.source4, $0.destination4) < ($1.source4, $1.destination4) }
    bib.sort { $0.source4 < $1.source4 }
  }

  private mutating func update(_ setting: GlobalSetting, force: Bool) throws(Refusal) {
    let value = try FakeGlobals.checked(setting, type: type, force: force)
    globals = globals.map { $0.key == setting.key ? GlobalSetting(key: $0.key, value: value) : $0 }
  }

  private func statistics(after number: UInt8, module: ModuleVersion) -> Reply {
    let names = Statistic.names(of: module)
    var counters = counters
    if !bib.isEmpty { counters["JSTAT_BIB_ENTRIES"] = UInt64(bib.count) }
    let statistics = zip(UInt16(1)..., names).map { Statistic(id: $0, value: counters[$1] ?? 0, names: names) }
    return .statistics(statistics.filter { ($0.id > 40) == (number > 0) }, hasMore: number == 0)
  }

  private mutating func addBIB(_ entry: BIBEntry) throws(Refusal) {
    guard pool4.contains(entry.source4, entry.proto) else {
      throw Refusal(
        code: 22,
        text: "Transport address '\(entry.source4)' does not belong to pool4.\nPlease add it there first.")
    }
    let same = bib.filter { $0.proto == entry.proto }
    if let index = bib.firstIndex(where: {
      $0.proto == entry.proto && $0.source6 == entry.source6 && $0.source4 == entry.source4
    }) {
      return bib[index].isStatic = true
    }
    if let other = same.first(where: { $0.source6 == entry.source6 || $0.source4 == entry.source4 }) {
      let words = [entry, other].map { "[\($0.source6), \($0.source4), \($0.proto)]" }
      throw Refusal(code: 17, text: "Entry \(words[0]) collides with \(words[1]).")
    }
    bib.append(entry)
    bib.sort { $0.source4 < $1.source4 }
  }

  private mutating func removeBIB(_ selector: BIBSelector) throws(Refusal) {
    let index = bib.firstIndex { entry in
      entry.proto == selector.proto && selector.source6.map { $0 == entry.source6 } ?? true
        && selector.source4.map { $0 == entry.source4 } ?? true
    }
    guard let index else { throw Refusal(code: 3, text: "The entry wasn't in the database.") }
    bib.remove(at: index)
  }

  private mutating func addEAM(_ entry: EAMEntry, force: Bool) throws(Refusal) {
    try FakeKernel.check(suffixOf: entry.prefix6)
    try FakeKernel.check(suffixOf: entry.prefix4)
    guard !eamt.contains(entry) else { throw Refusal(code: 17, text: "The requested entry already exists.") }
    for old in eamt {
      let name = "EAM [\(old.prefix6)|\(old.prefix4)]"
      if old.prefix6 == entry.prefix6 {
        throw Refusal(code: 17, text: "Existing \(name) already contains prefix \(old.prefix6).")
      }
      if old.prefix6.contains(entry.prefix6.address) || entry.prefix6.contains(old.prefix6.address), !force {
        throw Refusal(
          code: 17,
          text: "Prefix \(entry.prefix6) overlaps with \(name).\n(Use --force to override this validation.)")
      }
    }
    // The module walks its trie. For the golden cases this order has the same result.
    eamt.insert(entry, at: 0)
  }

  private mutating func removeEAM(_ selector: EAMSelector) throws(Refusal) {
    guard case .prefix(let prefix6) = selector.prefix6 else {
      throw Refusal(code: 22, text: "Malformed IPv6 prefix: null despite being mandatory")
    }
    guard case .prefix(let prefix4) = selector.prefix4 else {
      throw Refusal(code: 22, text: "Malformed IPv4 prefix: null despite being mandatory")
    }
    guard let index = eamt.firstIndex(of: EAMEntry(prefix6: prefix6, prefix4: prefix4)) else {
      throw Refusal(code: 3, text: "")
    }
    eamt.remove(at: index)
  }

  private mutating func addDenylist4(_ prefix: IPv4Prefix, force: Bool) throws(Refusal) {
    try FakeKernel.check(suffixOf: prefix)
    try FakeGlobals.check(scopeOf: prefix, force: force)
    denylist4.append(prefix)
  }

  private mutating func removeDenylist4(_ prefix: IPv4Prefix) throws(Refusal) {
    guard let index = denylist4.firstIndex(of: prefix) else {
      throw Refusal(code: 3, text: "Could not find the requested entry in the IPv4 pool.")
    }
    denylist4.remove(at: index)
  }
}
