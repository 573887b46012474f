import JoolCore

/// A part of a configuration. The file's reader knows where in the text it is.
enum ConfigurationPlace: Hashable, Sendable {
  case framework
  /// The object with the variables.
  case globals
  /// The value of a variable, by its name.
  case global(String)
  /// Entries of tables, counted from 0 in the order of the file.
  case pool4(Int)
  case bib(Int)
  case eamt(Int)
  case denylist4(Int)
  /// The old key of denylist4, if the file has it.
  case blacklist4
}

/// Something that `ConfigurationValidator` found in a configuration.
struct ConfigurationFinding: Hashable, Sendable {
  /// What the module does when it gets the configuration.
  enum Effect: Hashable, Sendable {
    case refused
    /// Refused unless `--force` is given.
    case refusedUnlessForced
    /// Taken; but somebody should know.
    case accepted
  }

  enum Problem: Hashable, Sendable {
    case frameworkUnavailable(Framework, module: ModuleVersion)
    case variableOfTheOther(String, TranslatorType)
    case variableTooNew(GlobalKey, module: ModuleVersion)
    /// The module takes the variable and does not look at it.
    case variableWithoutEffect(String, since: ModuleVersion, advice: String)
    case valueTooSmall(GlobalKey)
    case fArguments
    case onlyZeroPlateaus
    case noPool6
    case pool6Length(Int)
    case uBits(IPv6Prefix)
    /// The prefix, as text.
    case hostBits(String)
    case subnetScoped(IPv4Prefix, network: IPv4Prefix)
    case mappingSuffixes(EAMEntry)
    /// The second entry has a prefix that the first one has.
    case samePrefix(EAMEntry, first: EAMEntry)
    /// One prefix contains the other.
    case overlap(EAMEntry, first: EAMEntry)
    case ephemeralPorts(PortRange, ephemeral: PortRange)
    /// A pool4 of so many addresses that its cost matters.
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
  /// What is wrong, as a sentence.
  var text: String {
    switch self {
    case .frameworkUnavailable(let framework, let module): "Jool \(module) has no framework \(framework)."
    case .variableOfTheOther(let name, let translator): "\(translator) has no \(name)."
    case .variableTooNew(let key, let module):
      "Modules have \(key.name) since \(key.since), and this one is \(module)."
    case .variableWithoutEffect(let name, let since, let advice):
      "\(name) has no effect since Jool \(since): \(advice)."
    case .valueTooSmall(let key):
      key.type == .timeout
        ? "\(key.name) must be at least \(Timeouts.text(milliseconds: key.least))."
        : "\(key.name) must be at least \(key.least)."
    case .fArguments: "f-args goes up to 15."
    case .onlyZeroPlateaus: "The plateaus list contains nothing but zeroes."
    case .noPool6: "Object 'global' is missing the 'pool6' child."
    case .pool6Length(let length): "\(length) is not a valid prefix length (32, 40, 48, 56, 64, 96)."
    case .uBits(let prefix): "Bits 64 to 71 of pool6 '\(prefix)' must be zero (RFC 6052)."
    case .hostBits(let prefix): "'\(prefix)' seems to have a suffix; please fix."
    case .subnetScoped(let prefix, let network):
      "'\(prefix)' intersects with '\(network)', which routers do not forward."
    case .mappingSuffixes(let entry):
      "'\(entry.prefix4)' has more addresses than '\(entry.prefix6)', so it cannot be mapped to it."
    case .samePrefix(let entry, let first): "\(entry.shownText) has a prefix of \(first.shownText)."
    case .overlap(let entry, let first): "\(entry.shownText) overlaps with \(first.shownText)."
    case .ephemeralPorts(let ports, let ephemeral):
      """
      The ports \(ports.shownText) intersect with this namespace's ephemeral ports, \(ephemeral.shownText): \
      connections of this machine itself may break.
      """
    case .costlyPool4(let text): text
    case .outsidePool4(let entry): "\(entry.proto) address '\(entry.source4)' is not in pool4."
    case .collision(let entry, let first): "\(entry.shownText) collides with \(first.shownText)."
    }
  }

  /// What would be right, if the text does not say it.
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

extension PortRange {
  fileprivate var shownText: String { "\(first)-\(last)" }
}
