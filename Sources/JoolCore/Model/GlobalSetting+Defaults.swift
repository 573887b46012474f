extension GlobalSetting {
  /// The variables of an instance that was just created, in the order of their numbers.
  /// - `translator`: The instance's type.
  /// - `pool6`: The prefix pool6, or `nil` for an SIIT without one.
  /// - `module`: The module's version, which decides about two variables and two defaults of the synchronization.
  package static func defaults(
    of translator: TranslatorType, pool6: IPv6Prefix?, module: ModuleVersion = .newestKnown
  ) -> [GlobalSetting] {
    GlobalKey.all.filter { $0.exists(in: translator) && $0.since <= module }.map { key in
      GlobalSetting(key: key, value: value(of: key, pool6: pool6, module: module))
    }
  }

  private static func value(of key: GlobalKey, pool6: IPv6Prefix?, module: ModuleVersion) -> GlobalValue {
    let hasPackedRecords = module >= ModuleVersion(4, 1, 13)
    switch key.type {
    case .boolean where key.name == "ss-flush-asap": return .boolean(!hasPackedRecords)
    case .boolean: return .boolean(trueByDefault.contains(key.name))
    case .unsigned8: return .unsigned(0)
    case .fArguments: return .unsigned(11)
    case .hairpinMode: return .unsigned(2)
    case .timeout: return .timeout(Milliseconds(timeouts[key.name] ?? 0))
    case .plateaus: return .plateaus([65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68])
    case .prefix6: return .prefix6(key.name == "pool6" ? pool6 : nil)
    case .prefix4: return .prefix4(nil)
    case .unsigned32 where key.name == "ss-max-sessions-per-packet": return .unsigned(hasPackedRecords ? 36 : 10)
    case .unsigned32: return .unsigned(integers[key.name] ?? 0)
    }
  }

  private static let trueByDefault: Set = [
    "manually-enabled", "source-icmpv6-errors-better", "randomize-rfc6791-addresses",
  ]

  private static let integers: [String: UInt32] = [
    "lowest-ipv6-mtu": 1280, "maximum-simultaneous-opens": 10, "ss-flush-deadline": 2000, "ss-capacity": 512,
    "ss-max-payload": 1452,
  ]

  private static let timeouts: [String: UInt32] = [
    "tcp-est-timeout": 7_200_000, "tcp-trans-timeout": 240_000, "udp-timeout": 300_000, "icmp-timeout": 60_000,
  ]
}
