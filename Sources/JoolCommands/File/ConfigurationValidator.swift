import JoolCore

/// Finds the parts of a configuration that a module would refuse, for an instance that does not exist yet.
///
/// The rules were derived from the behavior of real modules. The scenarios of `Tests/VM/scenarios/files.py` compare
/// both. The validator does no I/O: the result depends on its properties and the configuration alone.
struct ConfigurationValidator: Hashable, Sendable {
  var translator: TranslatorType
  /// The release whose rules apply.
  var module: ModuleVersion
  /// The ephemeral ports of the network namespace (`net.ipv4.ip_local_port_range`).
  var ephemeralPorts = defaultEphemeralPorts

  /// The default of Linux.
  static let defaultEphemeralPorts = PortRange(32768, 60999)

  /// All findings, in the order in which the module would meet the problems.
  func findings(in configuration: InstanceConfiguration) -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    if configuration.framework == .iptables, module.lacksIPTables {
      findings.append(.init(problem: .frameworkUnavailable(.iptables, module: module), place: .framework))
    }
    let pool4 = Pool4Index(configuration.pool4)
    for section in configuration.sections {
      switch section {
      case .globals(let settings): findings += settings.flatMap { self.findings(of: $0) }
      case .pool4(let entries): findings += self.findings(in: entries)
      case .bib(let entries): findings += self.findings(in: entries, of: pool4)
      case .eamt(let entries): findings += EAMTCheck.findings(in: entries)
      case .denylist4(let prefixes):
        for (index, prefix) in prefixes.enumerated() {
          findings += Self.problems(scoped: prefix).map { .init(problem: $0, place: .denylist4(index)) }
        }
      }
    }
    if translator == .nat64, configuration.globals.prefix6(.pool6) == nil {
      findings.append(.init(problem: .noPool6, place: .globals))
    }
    return findings
  }
}

/// The checks of variables.
extension ConfigurationValidator {
  private func findings(of setting: GlobalSetting) -> [ConfigurationFinding] {
    problems(of: setting).map { ConfigurationFinding(problem: $0, place: .global(setting.key.name)) }
  }

  private func problems(of setting: GlobalSetting) -> [ConfigurationFinding.Problem] {
    let key = setting.key
    guard key.exists(in: translator) else { return [.variableOfTheOther(key.name, translator)] }
    guard key.since <= module else { return [.variableTooNew(key, module: module)] }
    switch setting.value {
    case .timeout(let time) where time.rawValue < key.least: return [.valueTooSmall(key)]
    case .unsigned(let value) where value < key.least: return [.valueTooSmall(key)]
    case .unsigned(16...) where key.type == .fArguments: return [.fArguments]
    // The module accepts an empty list, and keeps the default.
    case .plateaus(let list) where !list.isEmpty && list.allSatisfy({ $0 == 0 }): return [.onlyZeroPlateaus]
    case .prefix6(let prefix?) where key == .pool6: return Self.problems(ofPool6: prefix)
    case .prefix6(let prefix?): return Self.hostBits(prefix)
    case .prefix4(let prefix?): return Self.problems(scoped: prefix)
    default: return withoutEffect(setting)
    }
  }

  /// The problem of a variable that the module ignores.
  ///
  /// A variable with its initial value is no problem, because files written by `file save` contain it.
  private func withoutEffect(_ setting: GlobalSetting) -> [ConfigurationFinding.Problem] {
    guard let end = setting.key.lastEffect, module >= end.release, setting.value != end.initial else { return [] }
    return [.variableWithoutEffect(setting.key.name, since: end.release, advice: end.advice)]
  }

  private static func problems(ofPool6 prefix: IPv6Prefix) -> [ConfigurationFinding.Problem] {
    guard IPv6Prefix.isTranslationLength(prefix.length) else { return [.pool6Length(prefix.length)] }
    let suffix = hostBits(prefix)
    if suffix.isEmpty, (prefix.address.bits << 64) >> 120 != 0 { return [.uBits(prefix)] }
    return suffix
  }

  /// The networks whose addresses are valid on one link or host only (RFC 6890).
  private static let subnetScopedNetworks: [IPv4Prefix] = [
    (0x0000_0000, 8), (0x7F00_0000, 8), (0xA9FE_0000, 16), (0xE000_0000, 4), (0xFFFF_FFFF, 32),
  ].compactMap { IPv4Prefix(address: IPv4Address(bits: $0), length: $1) }

  private static func problems(scoped prefix: IPv4Prefix) -> [ConfigurationFinding.Problem] {
    let suffix = hostBits(prefix)
    guard suffix.isEmpty else { return suffix }
    return subnetScopedNetworks.first(where: prefix.intersects).map { [.subnetScoped(prefix, network: $0)] } ?? []
  }

  static func hostBits(_ prefix: IPPrefix<some IPAddress>) -> [ConfigurationFinding.Problem] {
    prefix.hasHostBits ? [.hostBits("\(prefix)")] : []
  }
}

/// The checks of pool4 and of static BIB entries.
extension ConfigurationValidator {
  /// The greatest number of pool4 addresses that causes no warning about their cost.
  static let modestPool4: UInt64 = 1 << 12

  private func findings(in entries: [Pool4Entry]) -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    if entries.reduce(0, { $0 + $1.addressCount }) > Self.modestPool4 {
      let largest = entries.indices.max { entries[$0].addressCount < entries[$1].addressCount } ?? 0
      findings.append(.init(problem: .costlyPool4(text: Pool4Cost.text(entries)), place: .pool4(largest)))
    }
    for (index, entry) in entries.enumerated() {
      var problems = Self.hostBits(entry.prefix)
      if module.refusesEphemeralPorts, entry.proto != .icmp, entry.ports.intersects(ephemeralPorts) {
        problems.append(.ephemeralPorts(entry.ports, ephemeral: ephemeralPorts))
      }
      findings += problems.map { .init(problem: $0, place: .pool4(index)) }
    }
    return findings
  }

  private func findings(in entries: [BIBEntry], of pool4: Pool4Index) -> [ConfigurationFinding] {
    var findings: [ConfigurationFinding] = []
    var bySource6: [BIBKey<TransportAddress6>: BIBEntry] = [:]
    var bySource4: [BIBKey<TransportAddress4>: BIBEntry] = [:]
    for (index, entry) in entries.enumerated() {
      let key6 = BIBKey(proto: entry.proto, address: entry.source6)
      let key4 = BIBKey(proto: entry.proto, address: entry.source4)
      if !pool4.contains(entry.source4, entry.proto) {
        findings.append(.init(problem: .outsidePool4(entry), place: .bib(index)))
      } else if let first = bySource6[key6] ?? bySource4[key4] {
        // The module accepts the same entry twice.
        if first != entry { findings.append(.init(problem: .collision(entry, first: first), place: .bib(index))) }
      } else {
        bySource6[key6] = entry
        bySource4[key4] = entry
      }
    }
    return findings
  }

  private struct BIBKey<Address: Hashable & Sendable>: Hashable {
    var proto: L4Protocol
    var address: Address
  }
}

extension ModuleVersion {
  /// Whether the release refuses iptables on every kernel, as 4.1.13 does.
  fileprivate var lacksIPTables: Bool { (major, minor, revision) == (4, 1, 13) }
  /// Whether a pool4 that shares ports with the machine itself needs `--force`, which is so since 4.1.15.
  fileprivate var refusesEphemeralPorts: Bool { self >= ModuleVersion(4, 1, 15) }
}

extension GlobalKey {
  /// The release since which the module ignores the variable, its initial value, and advice.
  ///
  /// `nil` if it has an effect.
  fileprivate var lastEffect: (release: ModuleVersion, initial: GlobalValue, advice: String)? {
    switch self {
    case .ssFlushASAP: (release: ModuleVersion(4, 1, 13), initial: .boolean(false), advice: "leave it out")
    case .ssMaxPayload:
      (release: ModuleVersion(4, 1, 11), initial: .unsigned(1452), advice: "ss-max-sessions-per-packet replaced it")
    default: nil
    }
  }
}
