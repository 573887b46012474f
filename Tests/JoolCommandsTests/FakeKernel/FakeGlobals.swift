@testable import JoolCore

/// The fake module's checks of global variables.
enum FakeGlobals {
  typealias Refusal = FakeKernel.Refusal

  /// The value as the module stores it.
  static func checked(
    _ setting: GlobalSetting, type: TranslatorType, force: Bool, isNew: Bool = false
  ) throws(Refusal) -> GlobalValue {
    let name = setting.key.name
    switch setting.value {
    case .timeout(let time):
      let least = setting.key.least
      guard time.rawValue >= least else {
        let short = name.dropLast("-timeout".count)
        throw Refusal(code: 22, text: "The '\(short)' timeout (\(time.rawValue)) is too small. (min: \(least))")
      }
    case .unsigned(let value) where name == "lowest-ipv6-mtu" && value < 1280:
      throw Refusal(code: 22, text: "lowest-ipv6-mtu (\(value)) is too small (min: 1280).")
    case .unsigned(let value) where name == "f-args" && value > 15:
      throw Refusal(code: 22, text: "f-args (\(value)) is out of range. (0-15)")
    case .plateaus(let list):
      let useful = Set(list).subtracting([0]).sorted(by: >)
      guard !useful.isEmpty || (isNew && list.isEmpty) else {
        throw Refusal(code: 22, text: "The plateaus list contains nothing but zeroes.")
      }
      return .plateaus(useful)
    case .prefix6 where name == "pool6" && type == .nat64 && !isNew:
      throw Refusal(code: 22, text: "Sorry; you can't change a NAT64 instance's pool6 for now.")
    case .prefix6(let prefix?) where name == "pool6": try FakeKernel.check(pool6: prefix, force: force)
    case .prefix6(let prefix?): try FakeKernel.check(suffixOf: prefix)
    case .prefix4(let prefix?):
      try FakeKernel.check(suffixOf: prefix)
      try check(scopeOf: prefix, force: force)
    default: break
    }
    return setting.value
  }

  /// Refuses some of the networks that do not leave their link.
  static func check(scopeOf prefix: IPv4Prefix, force: Bool) throws(Refusal) {
    for text in ["0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/4"] where "\(prefix)" == text && !force {
      throw Refusal(
        code: 22,
        text: """
          Prefix \(prefix) intersects with subnet scoped network \(text).\
          Will cancel the operation. Use --force to ignore this validation.
          """)
    }
  }
}
