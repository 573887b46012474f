import JoolCore

/// Converts the JSON of a configuration file into the configuration of an instance.
struct ConfigurationReader {
  /// The keys of the root object.
  ///
  /// All are accepted at first, for both types of translators, because error messages depend on the order of the
  /// checks.
  static let rootKeys = ConfigurationKey.root.map(\.name)

  private let translator: TranslatorType
  private(set) var configuration: InstanceConfiguration
  /// The positions of the parts of the configuration in the file.
  private(set) var positions: [ConfigurationPlace: TextPosition]

  /// Reads everything.
  ///
  /// Nothing was sent to the module yet, so an error cannot leave a change half done.
  init(_ root: JSONValue, translator: TranslatorType) throws(ConfigurationError) {
    self.translator = translator
    let keysOfTheOther = ConfigurationKey.root.filter { $0.onlyIn != nil && $0.onlyIn != translator }.map(\.name)
    let fields = try JSONFields(
      root, of: .root, known: Self.rootKeys, suggested: Self.rootKeys.filter { !keysOfTheOther.contains($0) })
    let name = try fields["instance"].map { (member) throws(ConfigurationError) in
      try member.value.parse(member.value.text(named: member.key)) { (text) throws(ArgumentError) in
        guard let name = InstanceName(text) else { throw .instanceName }
        return name
      }
    }
    let framework = try fields.require("framework")
    configuration = InstanceConfiguration(instanceName: name, framework: try Self.framework(framework))
    positions = [
      .framework: framework.value.position, .globals: fields["global"]?.value.position ?? root.position,
    ]
    for key in fields.order {
      guard let member = fields[key] else { continue }
      if keysOfTheOther.contains(key) {
        throw ConfigurationError(
          reason: .tagOfTheOther(member.key, program: translator == .nat64 ? "jool_siit" : "jool"),
          position: member.keyPosition)
      }
      if key == "blacklist4" { positions[.blacklist4] = member.keyPosition }
      if let section = try section(key, member) { configuration.append(section) }
    }
  }

  private static func framework(_ member: JSONMember) throws(ConfigurationError) -> Framework {
    switch try member.value.text(named: member.key) {
    case "netfilter": .netfilter
    case "iptables": .iptables
    case let text:
      throw ConfigurationError(reason: .unknownFramework(text), position: member.value.position)
    }
  }

  private mutating func section(
    _ key: String, _ member: JSONMember
  ) throws(ConfigurationError) -> InstanceConfiguration.Section? {
    switch key {
    case "global": .globals(try globals(member))
    case "pool4": .pool4(try list(member, Self.pool4Entry) { .pool4($0) })
    case "bib": .bib(try list(member, Self.bibEntry) { .bib($0) })
    case "eamt": .eamt(try list(member, Self.eam) { .eamt($0) })
    case "denylist4", "blacklist4":
      // The entries of both keys form one table.
      .denylist4(try list(member, Self.denylistEntry, after: configuration.denylist4.count) { .denylist4($0) })
    default: nil
    }
  }

  private mutating func list<Entry>(
    _ member: JSONMember, _ read: (JSONValue) throws(ConfigurationError) -> Entry, after count: Int = 0,
    place: (Int) -> ConfigurationPlace
  ) throws(ConfigurationError) -> [Entry] {
    var entries: [Entry] = []
    for element in try member.value.elements(named: member.key) {
      positions[place(count + entries.count)] = element.position
      entries.append(try read(element))
    }
    return entries
  }

  private mutating func globals(_ member: JSONMember) throws(ConfigurationError) -> [GlobalSetting] {
    let fields = try JSONFields(
      member.value, of: .global, named: member.key, known: GlobalKey.all.map(\.name),
      suggested: GlobalKey.all.filter { $0.exists(in: translator) }.map(\.name))
    var settings: [GlobalSetting] = []
    for name in fields.order {
      guard let key = GlobalKey.named(name), let member = fields[name] else { continue }
      positions[.global(name)] = member.value.position
      settings.append(GlobalSetting(key: key, value: try GlobalValue(member, type: key.type)))
    }
    return settings
  }
}

/// The entries of the tables.
extension ConfigurationReader {
  /// The ports of an entry that names none: those above Linux's default range of ephemeral ports.
  private static let defaultPorts = PortRange(61001, 65535)

  private static func pool4Entry(_ element: JSONValue) throws(ConfigurationError) -> Pool4Entry {
    let fields = try JSONFields(element, known: ConfigurationKey.pool4.map(\.name))
    let proto = try proto(fields.require("protocol"))
    let prefix = try fields.require("prefix")
    let ports = try fields["port range"].map { (ports) throws(ConfigurationError) -> PortRange in
      try value(ports) { (text) throws(ArgumentError) -> PortRange in
        let range = try PortRange(argument: text)
        // The module would store such a range as 1-0.
        guard proto == .icmp || range != PortRange(0, 0) else { throw .portZero(protocolName: proto.description) }
        return range
      }
    }
    return Pool4Entry(
      mark: try fields["mark"].map { (mark) throws(ConfigurationError) in
        try mark.value.unsigned(named: mark.key)
      } ?? 0,
      proto: proto,
      prefix: try value(prefix, IPv4Prefix.init(argument:)),
      ports: ports ?? defaultPorts,
      iterations: try fields["max-iterations"].map(iterations) ?? .unset)
  }

  private static func iterations(_ member: JSONMember) throws(ConfigurationError) -> MaxIterations {
    switch member.value.content {
    case .string("auto"): return .automatic
    case .string("infinity"): return .infinite
    case .string(let text):
      throw ConfigurationError(reason: .unknownIterations(text), position: member.value.position)
    case .number: return .fixed(try member.value.unsigned(named: member.key, 1...UInt32.max))
    default: throw member.value.isNot("string or number", name: member.key)
    }
  }

  private static func bibEntry(_ element: JSONValue) throws(ConfigurationError) -> BIBEntry {
    let fields = try JSONFields(element, known: ConfigurationKey.bib.map(\.name))
    let members = try (
      fields.require("protocol"), fields.require("ipv6 address"), fields.require("ipv4 address")
    )
    return BIBEntry(
      proto: try proto(members.0),
      source6: try value(members.1, TransportAddress6.init(argument:)),
      source4: try value(members.2, TransportAddress4.init(argument:)), isStatic: true)
  }

  private static func eam(_ element: JSONValue) throws(ConfigurationError) -> EAMEntry {
    let fields = try JSONFields(element, known: ConfigurationKey.eamt.map(\.name))
    let (prefix6, prefix4) = try (fields.require("ipv6 prefix"), fields.require("ipv4 prefix"))
    return EAMEntry(
      prefix6: try value(prefix6, IPv6Prefix.init(argument:)), prefix4: try value(prefix4, IPv4Prefix.init(argument:)))
  }

  private static func denylistEntry(_ element: JSONValue) throws(ConfigurationError) -> IPv4Prefix {
    try element.parse(element.text(named: "denylist entry"), IPv4Prefix.init(argument:))
  }

  private static func proto(_ member: JSONMember) throws(ConfigurationError) -> L4Protocol {
    let text = try member.value.text(named: member.key)
    guard let proto = L4Protocol(text) else {
      throw ConfigurationError(reason: .unknownProtocol(text), position: member.value.position)
    }
    return proto
  }

  /// The value of a text that has the same syntax as on the command line.
  private static func value<Value>(
    _ member: JSONMember, _ parser: (String) throws(ArgumentError) -> Value
  ) throws(ConfigurationError) -> Value {
    try member.value.parse(member.value.text(named: member.key), parser)
  }
}

extension GlobalValue {
  /// Reads a value in the form that files use for its type.
  ///
  /// Texts have the same syntax as on the command line.
  init(_ member: JSONMember, type: GlobalType) throws(ConfigurationError) {
    let value = member.value
    switch type {
    case .boolean:
      guard case .boolean(let flag) = value.content else { throw value.isNot("boolean", name: member.key) }
      self = .boolean(flag)
    case .unsigned8(let max): self = .unsigned(try value.unsigned(named: member.key, 0...UInt32(max)))
    case .fArguments: self = .unsigned(try value.unsigned(named: member.key, 0...UInt32(UInt8.max)))
    case .unsigned32: self = .unsigned(try value.unsigned(named: member.key))
    case .plateaus: self = .plateaus(try Self.plateaus(member))
    case .timeout, .hairpinMode:
      if let number = value.number { throw Self.oldNumber(member, number, type) }
      fallthrough
    case .prefix6, .prefix4:
      // JSON's null is treated as the word `null`, which unsets a prefix.
      let text = value.content == .null ? "null" : try value.text(named: member.key, type: "string")
      self = try value.parse(text) { (text) throws(ArgumentError) in try GlobalValue(argument: text, type: type) }
    }
  }

  /// The error for a number in a place where releases before 4.0 wrote a number and later ones write a text.
  private static func oldNumber(_ member: JSONMember, _ number: Double, _ type: GlobalType) -> ConfigurationError {
    var error = member.value.isNot("string", name: member.key)
    if let value = UInt32(exactly: number) {
      error.hint = OldKey.hint(number: value, type: type)
    }
    return error
  }

  private static func plateaus(_ member: JSONMember) throws(ConfigurationError) -> [UInt16] {
    guard case .array(let elements) = member.value.content else {
      throw member.value.isNot("plateaus array", name: member.key)
    }
    guard elements.count <= Plateaus.limit else {
      throw ConfigurationError(
        reason: .value(.tooManyPlateaus(limit: Plateaus.limit)), position: member.value.position)
    }
    var plateaus: [UInt16] = []
    for element in elements {
      plateaus.append(UInt16(try element.unsigned(named: member.key, 0...UInt32(UInt16.max))))
    }
    return plateaus
  }
}
