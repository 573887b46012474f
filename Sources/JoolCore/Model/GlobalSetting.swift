/// The type of a global variable.
///
/// It decides how a value is written on the wire, in JSON and on the command line.
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

  init(
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
    .manuallyEnabled, .pool6, .lowestIPv6MTU, .loggingDebug, .zeroizeTrafficClass, .overrideTOS, .tos, .mtuPlateaus,
    .amendUDPChecksumZero, .eamHairpinMode, .randomizeRFC6791Addresses, .rfc6791v6Prefix, .rfc6791v4Prefix,
    .addressDependentFiltering, .dropExternallyInitiatedTCP, .dropICMPv6Info, .sourceICMPv6ErrorsBetter, .fArgs,
    .handleRSTDuringFINRCV, .tcpEstTimeout, .tcpTransTimeout, .udpTimeout, .icmpTimeout, .loggingBIB, .loggingSession,
    .maximumSimultaneousOpens, .ssEnabled, .ssFlushASAP, .ssFlushDeadline, .ssCapacity, .ssMaxPayload,
    .ssMaxSessionsPerPacket,
  ]

  /// The key with the kernel's `number`, or `nil` if this library does not know it.
  public static func numbered(_ number: UInt16) -> GlobalKey? {
    1...UInt16(all.count) ~= number ? all[Int(number) - 1] : nil
  }

  /// The key with this name, or `nil` if there is none.
  ///
  /// The comparison is exact.
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

  /// Pairs a variable with a value.
  ///
  /// Whether the value has the variable's type is not checked.
  public init(key: GlobalKey, value: GlobalValue) {
    self.key = key
    self.value = value
  }
}

/// Look-ups in the result of `JoolClient.globals()`, or in any other list of variables.
extension [GlobalSetting] {
  /// The value of a variable, or `nil` if the list does not contain the variable.
  public subscript(key: GlobalKey) -> GlobalValue? { first { $0.key.number == key.number }?.value }

  /// The value of a boolean variable, or `nil` if the list does not contain it or its value has another type.
  public func boolean(_ key: GlobalKey) -> Bool? {
    if case .boolean(let value)? = self[key] { value } else { nil }
  }

  /// The value of an integer variable, or `nil` if the list does not contain it or its value has another type.
  public func unsigned(_ key: GlobalKey) -> UInt32? {
    if case .unsigned(let value)? = self[key] { value } else { nil }
  }

  /// The value of a timeout variable, or `nil` if the list does not contain it or its value has another type.
  public func timeout(_ key: GlobalKey) -> Milliseconds? {
    if case .timeout(let value)? = self[key] { value } else { nil }
  }

  /// The value of an IPv6 prefix variable, or `nil` if it is not set, or if the list does not contain it.
  public func prefix6(_ key: GlobalKey) -> IPv6Prefix? {
    if case .prefix6(let value?)? = self[key] { value } else { nil }
  }
}
