import JoolCore

/// The changes that lead from the configuration that runs to that of a file.
///
/// The result is the instance that `file handle` would create if there were none: variables that the file leaves out get
/// their defaults, and entries that it leaves out are removed.
struct ConfigurationDifference: Hashable, Sendable {
  /// The way to get there.
  enum Method: String, Hashable, Sendable {
    /// The changes are made one after the other. Sessions stay.
    case update
    /// There is no instance. It is created in one transaction.
    case create
    /// Only a new instance can have the framework or the pool6. The running one is removed with its sessions.
    case recreate
  }

  let method: Method
  /// The changes in the order in which they are made: something is added before what it replaces is removed, unless the
  /// module cannot have both.
  let changes: [ConfigurationChange]

  /// Compares both.
  /// - `running`: the configuration that runs; `nil` if there is no instance.
  /// - `wanted`: the configuration of a file, in which `ConfigurationValidator` finds nothing that the module refuses.
  init(
    from running: RunningConfiguration?, to wanted: InstanceConfiguration, translator: TranslatorType,
    module: ModuleVersion
  ) {
    let defaults = GlobalSetting.defaults(of: translator, pool6: nil, module: module)
    let target = GlobalTarget(settings: wanted.globals, defaults: defaults)
    let old = running ?? RunningConfiguration(globals: defaults)
    let frame = Self.frame(from: running, to: wanted.framework)
    let globals = old.globals.compactMap { setting -> ConfigurationChange? in
      guard let value = target[setting.key], value != setting.value else { return nil }
      return .global(setting.key, before: running == nil ? nil : setting.value, after: value)
    }
    let isNewPool6 = translator == .nat64 && old.globals[.pool6] != target[.pool6]
    method = running == nil ? .create : frame.isEmpty && !isNewPool6 ? .update : .recreate
    let pool4 = Pool4Changes(from: old.pool4, to: wanted.pool4)
    changes =
      frame + globals + pool4.additions + pool4.limits
      + Self.bindings(from: old.bib, to: wanted.bib) + pool4.removals
      + Self.mappings(from: old.eamt, to: wanted.eamt) + Self.denials(from: old.denylist4, to: wanted.denylist4)
  }

  private static func frame(from running: RunningConfiguration?, to wanted: Framework) -> [ConfigurationChange] {
    guard let running else { return [.framework(before: nil, after: wanted)] }
    guard let framework = running.framework, framework != wanted else { return [] }
    return [.framework(before: framework, after: wanted)]
  }

  /// The module refuses entries that contradict others, so those are removed first.
  private static func bindings(from running: [BIBEntry], to wanted: [BIBEntry]) -> [ConfigurationChange] {
    let (old, new) = (Set(running), Set(wanted))
    return running.filter { !new.contains($0) }.map { .removeBIB($0) }
      + wanted.uniqued.filter { !old.contains($0) }.map { .addBIB($0) }
  }

  /// The module refuses a second mapping of a prefix, so the first is removed before. The others are removed at last.
  private static func mappings(from running: [EAMEntry], to wanted: [EAMEntry]) -> [ConfigurationChange] {
    let (old, new) = (Set(running), Set(wanted))
    let additions = wanted.uniqued.filter { !old.contains($0) }
    let (added6, added4) = (Set(additions.map(\.prefix6)), Set(additions.map(\.prefix4)))
    let removals = running.filter { !new.contains($0) }
    func isInTheWay(_ entry: EAMEntry) -> Bool { added6.contains(entry.prefix6) || added4.contains(entry.prefix4) }
    return removals.filter(isInTheWay).map { .removeEAM($0) } + additions.map { .addEAM($0) }
      + removals.filter { !isInTheWay($0) }.map { .removeEAM($0) }
  }

  /// The module holds a prefix as many times as it was added.
  private static func denials(from running: [IPv4Prefix], to wanted: [IPv4Prefix]) -> [ConfigurationChange] {
    wanted.surplus(over: running).map { .addDenylist4($0) } + running.surplus(over: wanted).map { .removeDenylist4($0) }
  }
}

/// The values that a new instance would have.
private struct GlobalTarget {
  var settings: [GlobalSetting]
  var defaults: [GlobalSetting]

  subscript(key: GlobalKey) -> GlobalValue? {
    guard let value = settings[key] else { return defaults[key] }
    // The module sorts plateaus and leaves out zeros and duplicates. Of an empty list it makes the first default.
    guard case .plateaus(let list) = value else { return value }
    guard list.isEmpty else { return .plateaus(Set(list).subtracting([0]).sorted(by: >)) }
    return if case .plateaus(let list)? = defaults[key] { .plateaus(Array(list.prefix(1))) } else { nil }
  }
}

extension Array where Element: Hashable {
  /// The elements without repetitions, in their order.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }

  /// The elements that occur more often than in `other`, as many times.
  fileprivate func surplus(over other: [Element]) -> [Element] {
    var counts = other.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return filter { element in
      let count = counts[element, default: 0]
      counts[element] = count - 1
      return count <= 0
    }
  }
}
