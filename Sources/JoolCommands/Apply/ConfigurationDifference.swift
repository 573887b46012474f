import JoolCore

/// The difference between the configuration that runs and that of a file, and the steps that remove it.
///
/// The result is the instance that `file handle` would create if there were none: variables that the file leaves out
/// get their defaults, and entries that it leaves out are removed.
///
/// Tables are not changed entry by entry, because modules up to 4.1.15 have faults there. A range that is added to
/// pool4 beside another one is not counted, so fewer masks than there are can be used. After removals the count can be
/// 0 while masks are left; the next packet that needs one then panics the kernel (division by zero). The EAMT refuses
/// some removals of prefixes that contain others. In a transaction both are made anew, and sessions stay.
struct ConfigurationDifference: Hashable, Sendable {
  /// The way to the configuration of the file.
  enum Method: String, Hashable, Sendable {
    /// Sessions stay.
    case update
    /// There is no instance.
    case create
    /// Only a new instance can have the framework or the pool6. The running one is removed with its sessions.
    case recreate
  }

  /// What the module does completely or not at all. (`recreate` does two such things.)
  struct Step: Hashable, Sendable {
    enum Action: Hashable, Sendable {
      case removeBIB(BIBEntry)
      /// One request that changes variables.
      case update([GlobalSetting])
      /// A transaction that replaces variables, pool4, EAMT and denylist4, or creates the instance.
      case replace(InstanceConfiguration)
      /// Removes the instance, and creates it with this configuration.
      case recreate(InstanceConfiguration)
      case addBIB(BIBEntry)
    }

    var action: Action
    var changes: [ConfigurationChange]
  }

  let method: Method
  /// The steps in their order.
  ///
  /// Empty if there is no difference.
  let steps: [Step]

  /// The differences in the order in which they are removed.
  var changes: [ConfigurationChange] { steps.flatMap(\.changes) }

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
    var settings: [GlobalSetting] = []
    var globals: [ConfigurationChange] = []
    for setting in old.globals {
      guard let value = target[setting.key], value != setting.value else { continue }
      settings.append(GlobalSetting(key: setting.key, value: value))
      globals.append(.global(setting.key, before: running == nil ? nil : setting.value, after: value))
    }
    let pool4 = Pool4Difference(from: old.pool4, to: wanted.pool4)
    let tables =
      pool4.changes + Self.mappings(from: old.eamt, to: wanted.eamt)
      + Self.denials(from: old.denylist4, to: wanted.denylist4)
    let bib = Self.bindings(from: old.bib, to: wanted.bib)

    let isNewPool6 = translator == .nat64 && old.globals[.pool6] != target[.pool6]
    method = running == nil ? .create : frame.isEmpty && !isNewPool6 ? .update : .recreate
    let whole = wanted.replacing(pool4: pool4.target)
    switch method {
    case .create:
      steps = [Step(action: .replace(whole), changes: frame + globals + tables + bib.additions)]
    case .recreate:
      steps = [Step(action: .recreate(whole), changes: frame + globals + tables + bib.removals + bib.additions)]
    case .update:
      // A module with a binding outside pool4 refuses changes of variables, but not the transaction.
      let needsTransaction = !tables.isEmpty || (!globals.isEmpty && old.hasBindingOutsidePool4)
      let middle = Step(action: needsTransaction ? .replace(whole) : .update(settings), changes: globals + tables)
      steps =
        bib.removals.compactMap(Step.init) + (middle.changes.isEmpty ? [] : [middle])
        + bib.additions.compactMap(Step.init)
    }
  }

  private static func frame(from running: RunningConfiguration?, to wanted: Framework) -> [ConfigurationChange] {
    guard let running else { return [.framework(before: nil, after: wanted)] }
    guard let framework = running.framework, framework != wanted else { return [] }
    return [.framework(before: framework, after: wanted)]
  }

  private static func bindings(
    from running: [BIBEntry], to wanted: [BIBEntry]
  ) -> (removals: [ConfigurationChange], additions: [ConfigurationChange]) {
    let (old, new) = (Set(running), Set(wanted))
    return (
      running.filter { !new.contains($0) }.map { .removeBIB($0) },
      wanted.uniqued.filter { !old.contains($0) }.map { .addBIB($0) }
    )
  }

  private static func mappings(from running: [EAMEntry], to wanted: [EAMEntry]) -> [ConfigurationChange] {
    let (old, new) = (Set(running), Set(wanted))
    return running.filter { !new.contains($0) }.map { .removeEAM($0) }
      + wanted.filter { !old.contains($0) }.map { .addEAM($0) }
  }

  /// The module holds a prefix as many times as it was added.
  private static func denials(from running: [IPv4Prefix], to wanted: [IPv4Prefix]) -> [ConfigurationChange] {
    running.surplus(over: wanted).map { .removeDenylist4($0) } + wanted.surplus(over: running).map { .addDenylist4($0) }
  }
}

extension ConfigurationDifference.Step {
  /// The step for a change of the BIB.
  fileprivate init?(_ change: ConfigurationChange) {
    switch change {
    case .removeBIB(let entry): self.init(action: .removeBIB(entry), changes: [change])
    case .addBIB(let entry): self.init(action: .addBIB(entry), changes: [change])
    default: return nil
    }
  }
}

extension InstanceConfiguration {
  /// The same configuration with these entries as pool4.
  fileprivate func replacing(pool4: [Pool4Entry]) -> InstanceConfiguration {
    var copy = self
    copy.sections = sections.map { section in
      if case .pool4 = section { .pool4(pool4) } else { section }
    }
    return copy
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
