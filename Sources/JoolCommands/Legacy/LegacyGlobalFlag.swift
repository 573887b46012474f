import JoolCore

/// An option of old releases that changes a variable.
///
/// Its name is that of 3.5 or an older one.
struct LegacyGlobalFlag: Hashable, Sendable {
  var name: String
  /// The variable.
  ///
  /// `nil` if the option has no effect; it had none on kernels from 3.13 on.
  var key: GlobalKey?
  /// The value that `--enable` and `--disable` imply.
  var implied: Bool?

  var takesValue: Bool { implied == nil }

  static func all(of translator: TranslatorType) -> [LegacyGlobalFlag] {
    all.filter { flag in flag.key.map { $0.exists(in: translator) } ?? (translator == .nat64) }
  }

  static let all: [LegacyGlobalFlag] = {
    let enabled = [("enable", true), ("disable", false)].map { name, implied in
      LegacyGlobalFlag(name: name, key: .manuallyEnabled, implied: implied)
    }
    return enabled + current.map { LegacyGlobalFlag(name: $0.name, key: $0) }
      + older.map { name, key in LegacyGlobalFlag(name: name, key: key) }
      + ["fragment-arrival-timeout", "toFrag"].map { LegacyGlobalFlag(name: $0) }
  }()

  /// The variables of 3.5 whose names did not change.
  private static let current = GlobalKey.all.filter { key in
    ![.pool6, .lowestIPv6MTU, .loggingDebug, .rfc6791v4Prefix, .ssMaxSessionsPerPacket].contains(key)
  }

  /// The names before 3.3, each with the variable.
  static let older: [(String, GlobalKey)] = [
    ("dropAddr", .addressDependentFiltering), ("dropInfo", .dropICMPv6Info),
    ("dropTCP", .dropExternallyInitiatedTCP), ("toUDP", .udpTimeout), ("toTCPest", .tcpEstTimeout),
    ("toTCPtrans", .tcpTransTimeout), ("toICMP", .icmpTimeout),
    ("maxStoredPkts", .maximumSimultaneousOpens), ("setTC", .zeroizeTrafficClass), ("setTOS", .overrideTOS),
    ("TOS", .tos), ("plateaus", .mtuPlateaus),
  ]

  /// Reads a value in the form of 3.5: times are whole seconds, hairpin modes are numbers (or today's words).
  ///
  /// - Returns: `nil` if the option has no effect. Its value is checked nevertheless.
  func setting(_ text: String?) throws(ArgumentError) -> GlobalSetting? {
    let text = text ?? ""
    guard let key else {
      _ = try UInt32(argument: text)
      return nil
    }
    if let implied { return GlobalSetting(key: key, value: .boolean(implied)) }
    switch key.type {
    case .timeout:
      let least = key.least / 1000
      let greatest = UInt32.max / 1000
      let seconds = try UInt64(argument: text)
      guard UInt64(least)...UInt64(greatest) ~= seconds else {
        throw .outOfBounds(text, least: String(least), greatest: String(greatest))
      }
      return GlobalSetting(key: key, value: .timeout(Milliseconds(UInt32(seconds) * 1000)))
    case .hairpinMode where text.first?.isNumber == true:
      let last = UInt8(GlobalKey.hairpinModes.count - 1)
      return GlobalSetting(key: key, value: .unsigned(UInt32(try UInt8(argument: text, limit: last))))
    default: return GlobalSetting(key: key, value: try GlobalValue(argument: text, type: key.type))
    }
  }
}
