import JoolCore

/// Makes the configuration of an instance out of a file's JSON.
struct ConfigurationReader {
  /// The keys of the root. At first all are fine for both kinds of translators, as messages depend on the order of checks.
  private static let rootKeys = [
    "instance", "framework", "global", "pool4", "bib", "eamt", "denylist4", "blacklist4",
  ]
  private static let keysOfTheOther: [TranslatorType: [String]] = [
    .nat64: ["eamt", "denylist4", "blacklist4"], .siit: ["pool4", "bib"],
  ]

  let translator: TranslatorType
  /// Whether to look for what every module would refuse.
  var checksValues = false

  init(translator: TranslatorType) { self.translator = translator }

  /// Reads everything. Nothing has been said to the module yet, so nothing is half done if this fails.
  func configuration(of root: JSONValue) throws(ConfigurationError) -> InstanceConfiguration {
    let keysOfTheOther = Self.keysOfTheOther[translator] ?? []
    let fields = try JSONFields(
      root, known: Self.rootKeys, suggested: Self.rootKeys.filter { !keysOfTheOther.contains($0) })
    let name = try fields["instance"].map { (member) throws(ConfigurationError) in
      try member.value.parse(member.value.text(named: member.key)) { (text) throws(ArgumentError) in
        guard let name = InstanceName(text) else { throw .instanceName }
        return name
      }
    }
    let framework = try framework(fields.require("framework"))
    var configuration = InstanceConfiguration(instanceName: name, framework: framework)
    for key in fields.order {
      guard let member = fields[key] else { continue }
      if keysOfTheOther.contains(key) {
        throw ConfigurationError(
          reason: .tagOfTheOther(member.key, program: translator == .nat64 ? "jool_siit" : "jool"),
          position: member.keyPosition)
      }
      if let section = try section(key, member) { configuration.append(section) }
    }
    if checksValues, translator == .nat64, configuration.globals.prefix6("pool6") == nil {
      throw ConfigurationError(
        reason: .missing(child: "pool6", object: "global"), position: fields["global"]?.value.position ?? root.position)
    }
    return configuration
  }

  private func framework(_ member: JSONMember) throws(ConfigurationError) -> Framework {
    switch try member.value.text(named: member.key) {
    case "netfilter": .netfilter
    case "iptables": .iptables
    case let text:
      throw ConfigurationError(reason: .unknownFramework(text), position: member.value.position)
    }
  }

  private func section(
    _ key: String, _ member: JSONMember
  ) throws(ConfigurationError) -> InstanceConfiguration.Section? {
    switch key {
    case "global": .globals(try globals(member))
    case "pool4": .pool4(try list(member, Self.pool4Entry, problem: ValueCheck.problem))
    case "bib": .bib(try list(member, Self.bibEntry, problem: { _ in nil }))
    case "eamt": .eamt(try list(member, Self.eam, problem: ValueCheck.problem))
    case "denylist4", "blacklist4":
      .denylist4(try list(member, Self.denylistEntry, problem: ValueCheck.problem))
    default: nil
    }
  }

  private func list<Entry>(
    _ member: JSONMember, _ read: (JSONValue) throws(ConfigurationError) -> Entry, problem: (Entry) -> String?
  ) throws(ConfigurationError) -> [Entry] {
    var entries: [Entry] = []
    for element in try member.value.elements(named: member.key) {
      let entry = try read(element)
      try reject(problem(entry), at: element.position)
      entries.append(entry)
    }
    return entries
  }

  private func globals(_ member: JSONMember) throws(ConfigurationError) -> [GlobalSetting] {
    let fields = try JSONFields(
      member.value, named: member.key, known: GlobalKey.all.map(\.name),
      suggested: GlobalKey.all.filter { $0.exists(in: translator) }.map(\.name))
    var settings: [GlobalSetting] = []
    for name in fields.order {
      guard let key = GlobalKey.named(name), let member = fields[name] else { continue }
      let setting = GlobalSetting(key: key, value: try GlobalValue(member, type: key.type))
      if !key.exists(in: translator) { try reject("\(translator) has no \(name).", at: member.keyPosition) }
      try reject(ValueCheck.problem(of: setting), at: member.value.position)
      settings.append(setting)
    }
    return settings
  }

  /// Throws what the module would refuse, if that is to be looked for.
  private func reject(_ problem: String?, at position: TextPosition) throws(ConfigurationError) {
    guard checksValues, let problem else { return }
    throw ConfigurationError(reason: .refused(problem), position: position)
  }
}

/// Entries of the tables.
extension ConfigurationReader {
  /// The ports of an entry that names none: what Linux leaves to translators.
  private static let defaultPorts = PortRange(61001, 65535)

  private static func pool4Entry(_ element: JSONValue) throws(ConfigurationError) -> Pool4Entry {
    let fields = try JSONFields(element, known: ["protocol", "prefix", "mark", "port range", "max-iterations"])
    let proto = try proto(fields.require("protocol"))
    let prefix = try fields.require("prefix")
    let ports = fields["port range"]
    return Pool4Entry(
      mark: try fields["mark"].map { (mark) throws(ConfigurationError) in
        try mark.value.unsigned(named: mark.key)
      } ?? 0,
      proto: proto,
      prefix: try value(prefix, IPv4Prefix.init(argument:)),
      ports: try ports.map { (ports) throws(ConfigurationError) in
        try value(ports, PortRange.init(argument:))
      } ?? defaultPorts,
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
    let fields = try JSONFields(element, known: ["protocol", "ipv6 address", "ipv4 address"])
    let members = try (
      fields.require("protocol"), fields.require("ipv6 address"), fields.require("ipv4 address")
    )
    return BIBEntry(
      proto: try proto(members.0),
      source6: try value(members.1, TransportAddress6.init(argument:)),
      source4: try value(members.2, TransportAddress4.init(argument:)), isStatic: true)
  }

  private static func eam(_ element: JSONValue) throws(ConfigurationError) -> EAMEntry {
    let fields = try JSONFields(element, known: ["ipv6 prefix", "ipv4 prefix"])
    let (prefix6, prefix4) = try (fields.require("ipv6 prefix"), fields.require("ipv4 prefix"))
    return EAMEntry(
      prefix6: try value(prefix6, IPv6Prefix.init(argument:)), prefix4: try value(prefix4, IPv4Prefix.init(argument:)))
  }

  private static func denylistEntry(_ element: JSONValue) throws(ConfigurationError) -> IPv4Prefix {
    try element.parse(element.text(named: "denylist entry"), IPv4Prefix.init(argument:))
  }

  private static func proto(_ member: JSONMember) throws(ConfigurationError) -> L4Protocol {
    let text = try member.value.text(named: member.key)
    guard let proto = L4Protocol.allCases.first(where: { $0.description == text.uppercased() }) else {
      throw ConfigurationError(reason: .unknownProtocol(text), position: member.value.position)
    }
    return proto
  }

  /// A text that has the same syntax as on the command line.
  private static func value<Value>(
    _ member: JSONMember, _ parser: (String) throws(ArgumentError) -> Value
  ) throws(ConfigurationError) -> Value {
    try member.value.parse(member.value.text(named: member.key), parser)
  }
}

extension GlobalValue {
  /// Reads a value the way its type is written in files: texts have the syntax of the command line.
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
    case .timeout, .prefix6, .prefix4, .hairpinMode:
      // Null is the word null, which unsets prefixes.
      let text = value.content == .null ? "null" : try value.text(named: member.key, type: "string")
      self = try value.parse(text) { (text) throws(ArgumentError) in try GlobalValue(argument: text, type: type) }
    }
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
