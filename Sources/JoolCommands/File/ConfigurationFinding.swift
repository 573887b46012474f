import JoolCore

/// A part of a configuration.
///
/// `ConfigurationFile.position(of:)` gives its position in the file.
enum ConfigurationPlace: Hashable, Sendable {
  case framework
  /// The object that holds the variables.
  case globals
  /// The value of the variable with this name.
  case global(String)
  /// Entries of tables, counted from 0 in the order of the file.
  case pool4(Int)
  case bib(Int)
  case eamt(Int)
  case denylist4(Int)
  /// The old key of denylist4, if the file has it.
  case blacklist4
}

/// A problem that `ConfigurationValidator` found in a configuration.
struct ConfigurationFinding: Hashable, Sendable {
  /// The module's reaction when it receives the configuration.
  enum Effect: Hashable, Sendable {
    case refused
    /// The module refuses it unless `--force` is given.
    case refusedUnlessForced
    /// The module accepts it, but the user gets a warning.
    case accepted
  }

  /// The kind of problem.
  enum Problem: Hashable, Sendable {
    case frameworkUnavailable(Framework, module: ModuleVersion)
    case variableOfTheOther(String, TranslatorType)
    case variableTooNew(GlobalKey, module: ModuleVersion)
    /// The module accepts the variable and ignores it.
    case variableWithoutEffect(String, since: ModuleVersion, advice: String)
    case valueTooSmall(GlobalKey)
    case fArguments
    case onlyZeroPlateaus
    case noPool6
    case pool6Length(Int)
    case uBits(IPv6Prefix)
    /// The prefix, here as text, has bits set after its length.
    case hostBits(String)
    case subnetScoped(IPv4Prefix, network: IPv4Prefix)
    case mappingSuffixes(EAMEntry)
    /// The entry has the same IPv6 or IPv4 prefix as an earlier one.
    case samePrefix(EAMEntry, first: EAMEntry)
    /// A prefix of an earlier entry contains the address of the entry's prefix.
    case overlap(EAMEntry, first: EAMEntry)
    case ephemeralPorts(PortRange, ephemeral: PortRange)
    /// pool4 has so many addresses that the time and memory it needs are noticeable.
    case costlyPool4(text: String)
    case outsidePool4(BIBEntry)
    case collision(BIBEntry, first: BIBEntry)
  }

  var problem: Problem
  var place: ConfigurationPlace

  var effect: Effect {
    switch problem {
    case .uBits, .subnetScoped, .overlap, .ephemeralPorts: .refusedUnlessForced
    case .costlyPool4, .variableWithoutEffect: .accepted
    default: .refused
    }
  }
}

extension ConfigurationFinding.Problem {
  /// The problem as a sentence.
  var text: String {
    switch self {
    case .frameworkUnavailable(let framework, let module): "Jool \(module) has no framework \(framework)."
    case .variableOfTheOther(let name, let translator): "\(translator) has no \(name)."
    case .variableTooNew(let key, let module):
      "\(key.name) needs module \(key.since) or later, and this one is \(module)."
    case .variableWithoutEffect(let name, let since, let advice):
      "\(name) has no effect since Jool \(since): \(advice)."
    case .valueTooSmall(let key):
      key.type == .timeout
        ? "\(key.name) must be at least \(Timeouts.text(milliseconds: key.least))."
        : "\(key.name) must be at least \(key.least)."
    case .fArguments: "f-args must be at most 15."
    case .onlyZeroPlateaus: "The plateaus list contains nothing but zeroes."
    case .noPool6: "Object 'global' is missing the 'pool6' child."
    case .pool6Length(let length): "\(length) is not a valid prefix length (32, 40, 48, 56, 64, 96)."
    case .uBits(let prefix): "Bits 64 to 71 of pool6 '\(prefix)' must be zero (RFC 6052)."
    case .hostBits(let prefix): "'\(prefix)' seems to have a suffix; please fix."
    case .subnetScoped(let prefix, let network):
      "'\(prefix)' intersects with '\(network)', which routers do not forward."
    case .mappingSuffixes(let entry):
      "'\(entry.prefix4)' has more addresses than '\(entry.prefix6)', so it cannot be mapped to it."
    case .samePrefix(let entry, let first): "\(entry.shownText) has the same prefix as \(first.shownText)."
    case .overlap(let entry, let first): "\(entry.shownText) overlaps with \(first.shownText)."
    case .ephemeralPorts(let ports, let ephemeral):
      """
      The ports \(ports) intersect with this namespace's ephemeral ports, \(ephemeral): \
      connections of this machine itself may break.
      """
    case .costlyPool4(let text): text
    case .outsidePool4(let entry): "\(entry.proto) address '\(entry.source4)' is not in pool4."
    case .collision(let entry, let first): "\(entry.shownText) collides with \(first.shownText)."
    }
  }

  /// How to correct the problem, if the text does not say it.
  var advice: String? {
    switch self {
    case .noPool6: #"add "global": {"pool6": "64:ff9b::/96"}"#
    case .outsidePool4: "add the address and port to \"pool4\", for the same protocol"
    case .hostBits: "the bits after the prefix length must be zero"
    default: nil
    }
  }
}

extension EAMEntry {
  fileprivate var shownText: String { "[\(prefix6), \(prefix4)]" }
}

extension BIBEntry {
  fileprivate var shownText: String { "[\(source6), \(source4), \(proto)]" }
}
