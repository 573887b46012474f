/// The type of a global variable. It decides how a value is written on the wire, in JSON and on the command line.
public enum GlobalType: Hashable, Sendable {
  /// A truth value; one byte on the wire.
  case boolean
  /// An integer from 0 to `max`; one byte on the wire.
  case unsigned8(max: UInt8)
  /// An integer; four bytes on the wire.
  case unsigned32
  /// Milliseconds on the wire, `[[HH:]MM:]SS[.mmm]` for people.
  case timeout
  /// At most 64 MTUs; the module sorts them in descending order.
  case plateaus
  /// An IPv6 prefix, which may be null (unset).
  case prefix6
  /// An IPv4 prefix, which may be null (unset).
  case prefix4
  /// An integer: 0 off, 1 simple, 2 intrinsic.
  case hairpinMode
  /// Four bits: source address, source port, destination address, destination port.
  case fArguments
}

/// A value of a global variable.
public enum GlobalValue: Hashable, Sendable {
  /// The value of a `GlobalType.boolean`.
  case boolean(Bool)
  /// The value of any integer type: `unsigned8`, `unsigned32`, `hairpinMode`, `fArguments`.
  case unsigned(UInt32)
  /// The value of a `GlobalType.timeout`.
  case timeout(Milliseconds)
  /// The MTUs of a `GlobalType.plateaus`.
  case plateaus([UInt16])
  /// An IPv6 prefix, or `nil` if it is not set.
  case prefix6(IPv6Prefix?)
  /// An IPv4 prefix, or `nil` if it is not set.
  case prefix4(IPv4Prefix?)
}

/// A global variable of an instance: its number, name, type and limits.
public struct GlobalKey: Hashable, Sendable {
  /// The kernel's number of the variable (`JNLAG_…`), as of 4.1.2.
  public let number: UInt16
  /// The name on the command line and in JSON, for example `udp-timeout`.
  public let name: String
  /// The type of the variable's values.
  public let type: GlobalType
  /// The only translator type that has the variable, or `nil` if both have it.
  public let onlyIn: TranslatorType?
  /// The first release that has the variable.
  public let since: ModuleVersion
  /// The least value that the module accepts, in milliseconds if the variable is a timeout.
  public let least: UInt32

  private init(
    _ number: UInt16, _ name: String, _ type: GlobalType, _ onlyIn: TranslatorType? = nil,
    since: ModuleVersion = ModuleVersion(4, 1, 2), least: UInt32 = 0
  ) {
    self.number = number
    self.name = name
    self.type = type
    self.onlyIn = onlyIn
    self.since = since
    self.least = least
  }

  /// All variables in the order of their numbers, which is also the order of `global display`.
  public static let all: [GlobalKey] = [
    GlobalKey(1, "manually-enabled", .boolean),
    GlobalKey(2, "pool6", .prefix6),
    GlobalKey(3, "lowest-ipv6-mtu", .unsigned32, least: 1280),
    GlobalKey(4, "logging-debug", .boolean),
    GlobalKey(5, "zeroize-traffic-class", .boolean),
    GlobalKey(6, "override-tos", .boolean),
    GlobalKey(7, "tos", .unsigned8(max: .max)),
    GlobalKey(8, "mtu-plateaus", .plateaus),
    GlobalKey(9, "amend-udp-checksum-zero", .boolean, .siit),
    GlobalKey(10, "eam-hairpin-mode", .hairpinMode, .siit),
    GlobalKey(11, "randomize-rfc6791-addresses", .boolean, .siit),
    GlobalKey(12, "rfc6791v6-prefix", .prefix6, .siit),
    GlobalKey(13, "rfc6791v4-prefix", .prefix4, .siit),
    GlobalKey(14, "address-dependent-filtering", .boolean, .nat64),
    GlobalKey(15, "drop-externally-initiated-tcp", .boolean, .nat64),
    GlobalKey(16, "drop-icmpv6-info", .boolean, .nat64),
    GlobalKey(17, "source-icmpv6-errors-better", .boolean, .nat64),
    GlobalKey(18, "f-args", .fArguments, .nat64),
    GlobalKey(19, "handle-rst-during-fin-rcv", .boolean, .nat64),
    GlobalKey(20, "tcp-est-timeout", .timeout, .nat64, least: 7_200_000),
    GlobalKey(21, "tcp-trans-timeout", .timeout, .nat64, least: 240_000),
    GlobalKey(22, "udp-timeout", .timeout, .nat64, least: 120_000),
    GlobalKey(23, "icmp-timeout", .timeout, .nat64),
    GlobalKey(24, "logging-bib", .boolean, .nat64),
    GlobalKey(25, "logging-session", .boolean, .nat64),
    GlobalKey(26, "maximum-simultaneous-opens", .unsigned32, .nat64),
    GlobalKey(27, "ss-enabled", .boolean, .nat64),
    GlobalKey(28, "ss-flush-asap", .boolean, .nat64),
    GlobalKey(29, "ss-flush-deadline", .unsigned32, .nat64),
    GlobalKey(30, "ss-capacity", .unsigned32, .nat64),
    GlobalKey(31, "ss-max-payload", .unsigned32, .nat64),
    GlobalKey(32, "ss-max-sessions-per-packet", .unsigned32, .nat64, since: ModuleVersion(4, 1, 11)),
  ]

  /// The key with the kernel's `number`, or `nil` if this library does not know it.
  public static func numbered(_ number: UInt16) -> GlobalKey? {
    1...UInt16(all.count) ~= number ? all[Int(number) - 1] : nil
  }

  /// The key with this name, or `nil` if there is none. The comparison is exact.
  public static func named(_ name: String) -> GlobalKey? { all.first { $0.name == name } }

  /// Whether translators of this type have the variable.
  public func exists(in translator: TranslatorType) -> Bool { onlyIn == nil || onlyIn == translator }
}

/// A global variable and its value.
public struct GlobalSetting: Hashable, Sendable {
  /// The variable.
  public let key: GlobalKey
  /// The variable's value.
  public let value: GlobalValue

  /// Pairs a variable with a value. Whether the value has the variable's type is not checked.
  public init(key: GlobalKey, value: GlobalValue) {
    self.key = key
    self.value = value
  }
}

extension [GlobalSetting] {
  /// The value of the variable called `name`, or `nil` if the list does not contain it.
  public subscript(name: String) -> GlobalValue? { first { $0.key.name == name }?.value }

  /// The value of the boolean variable called `name`, or `nil` if the list does not contain one.
  public func boolean(_ name: String) -> Bool? {
    if case .boolean(let value)? = self[name] { value } else { nil }
  }

  /// The value of the integer variable called `name`, or `nil` if the list does not contain one.
  public func unsigned(_ name: String) -> UInt32? {
    if case .unsigned(let value)? = self[name] { value } else { nil }
  }

  /// The value of the timeout variable called `name`, or `nil` if the list does not contain one.
  public func timeout(_ name: String) -> Milliseconds? {
    if case .timeout(let value)? = self[name] { value } else { nil }
  }

  /// The value of the IPv6 prefix variable called `name`, or `nil` if the list does not contain it or it is not set.
  public func prefix6(_ name: String) -> IPv6Prefix? {
    if case .prefix6(let value?)? = self[name] { value } else { nil }
  }
}
