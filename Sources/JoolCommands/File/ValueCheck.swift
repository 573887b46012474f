import JoolCore

/// What every module refuses in a configuration, so that `file check` finds it without one.
///
/// Checks that `--force` skips are not among these.
enum ValueCheck {
  /// What is wrong with a variable.
  static func problem(of setting: GlobalSetting) -> String? {
    let name = setting.key.name
    switch setting.value {
    case .timeout(let time) where time.rawValue < setting.key.least:
      return "\(name) must be at least \(Timeouts.text(milliseconds: setting.key.least))."
    case .unsigned(let value) where value < setting.key.least:
      return "\(name) must be at least \(setting.key.least)."
    case .unsigned(let value) where setting.key.type == .fArguments && value > 15: return "\(name) goes up to 15."
    case .plateaus(let list) where !list.isEmpty && list.allSatisfy({ $0 == 0 }):
      return "The plateaus list contains nothing but zeroes."
    case .prefix6(let prefix?):
      guard name != "pool6" || IPv6Prefix.translationLengths.contains(prefix.length) else {
        return "\(prefix.length) is not a valid prefix length (32, 40, 48, 56, 64, 96)."
      }
      return problem(of: prefix)
    case .prefix4(let prefix?): return problem(of: prefix)
    default: return nil
    }
  }

  /// What is wrong with a prefix.
  static func problem(of prefix: IPPrefix<some IPAddress>) -> String? {
    let bits = prefix.address.bits
    let hasSuffix = prefix.length == 0 ? bits != 0 : bits << prefix.length != 0
    return hasSuffix ? "'\(prefix)' seems to have a suffix; please fix." : nil
  }

  /// What is wrong with an entry of pool4.
  static func problem(of entry: Pool4Entry) -> String? {
    if entry.proto != .icmp, entry.ports == PortRange(0, 0) {
      return CommandFailure.text(of: .portZero(protocolName: entry.proto.description))
    }
    return problem(of: entry.prefix)
  }

  /// What is wrong with a mapping.
  static func problem(of entry: EAMEntry) -> String? {
    problem(of: entry.prefix6) ?? problem(of: entry.prefix4)
  }
}
