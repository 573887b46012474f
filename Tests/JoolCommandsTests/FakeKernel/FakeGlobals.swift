@testable import JoolCore

/// The global variables of the fake module: defaults and checks.
enum FakeGlobals {
  typealias Refusal = FakeKernel.Refusal

  static func defaults(of type: TranslatorType, pool6: IPv6Prefix?) -> [GlobalSetting] {
    GlobalKey.all.filter { $0.exists(in: type) }.map { key in
      GlobalSetting(key: key, value: value(of: key, pool6: pool6))
    }
  }

  private static func value(of key: GlobalKey, pool6: IPv6Prefix?) -> GlobalValue {
    switch key.type {
    case .boolean:
      .boolean(["manually-enabled", "source-icmpv6-errors-better", "randomize-rfc6791-addresses"].contains(key.name))
    case .unsigned8: .unsigned(0)
    case .fArguments: .unsigned(11)
    case .hairpinMode: .unsigned(2)
    case .timeout: .timeout(Milliseconds(timeouts[key.name]?.standard ?? 0))
    case .plateaus: .plateaus([65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68])
    case .prefix6: .prefix6(key.name == "pool6" ? pool6 : nil)
    case .prefix4: .prefix4(nil)
    case .unsigned32: .unsigned(integers[key.name] ?? 0)
    }
  }

  private static let integers: [String: UInt32] = [
    "lowest-ipv6-mtu": 1280, "maximum-simultaneous-opens": 10, "ss-flush-deadline": 2000, "ss-capacity": 512,
    "ss-max-payload": 1452, "ss-max-sessions-per-packet": 36,
  ]

  private static let timeouts: [String: (standard: UInt32, least: UInt32)] = [
    "tcp-est-timeout": (7_200_000, 7_200_000), "tcp-trans-timeout": (240_000, 240_000),
    "udp-timeout": (300_000, 120_000), "icmp-timeout": (60_000, 0),
  ]

  /// The value as the module stores it.
  static func checked(
    _ setting: GlobalSetting, type: TranslatorType, force: Bool, isNew: Bool = false
  ) throws(Refusal) -> GlobalValue {
    let name = setting.key.name
    switch setting.value {
    case .timeout(let time):
      let least = timeouts[name]?.least ?? 0
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
