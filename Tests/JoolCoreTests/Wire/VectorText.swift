@testable import JoolCommands
@testable import JoolCore

/// A message in the format of the vectors' `decoded` member.
extension VectorDecoder.Message {
  var text: JSONValue {
    switch self {
    case .netlinkError(let header, let error, let quoted):
      [
        "kind": "nlmsgerr", "errno": .number(error.code), "quoted-seq": .number(quoted),
        "nl": header.text,
      ]
    case .familyRequest(let header):
      ["kind": "controller", "cmd": "GETFAMILY", "nl": header.text, "family-name": "Jool"]
    case .family(let header, let family):
      [
        "kind": "controller", "cmd": "NEWFAMILY", "nl": header.text, "family-name": .string(family.name),
        "family-id": .number(family.id), "hdrsize": .number(family.headerSize),
        "multicast-groups": .object(Dictionary(uniqueKeysWithValues: family.groups.map { ($0.name, .number($0.id)) })),
        // Messages that a client does not need, and therefore does not decode.
        "version": 2, "maxattr": 13, "operations": 30,
      ]
    case .request(let header, let request, let sessions):
      [
        "kind": "request", "nl": header.text, "cmd": .number(request.operation.rawValue), "genl-version": 1,
        "jool": JSONValue(header: request.header), "op": request.operation.text,
        "body": JSONValue(request, sessions: sessions?.text ?? .array([])),
      ]
    case .multicast(let header, let jool, let sessions):
      [
        "kind": "multicast", "nl": header.text, "cmd": 0, "genl-version": 2, "jool": JSONValue(header: jool),
        "body": ["SESSION_ENTRIES": sessions.text],
      ]
    case .refusal(let header, let jool, let operation, let refusal):
      [
        "kind": "error", "nl": header.text, "cmd": 0, "genl-version": 2, "jool": JSONValue(header: jool),
        "op": operation?.text ?? .null,
        "body": ["code": .number(refusal.code), "message": .string(refusal.message ?? "")],
      ]
    case .answer(let header, let jool, let operation, let body):
      [
        "kind": "answer", "nl": header.text, "cmd": 0, "genl-version": 2, "jool": JSONValue(header: jool),
        "op": operation?.text ?? .null, "body": body.text,
      ]
    case .datagram(let sessions): ["kind": "udp", "sessions": sessions.text]
    }
  }
}

extension VectorDecoder.AnswerBody {
  fileprivate var text: JSONValue {
    switch self {
    case .instances(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .eams(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .prefixes(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .pool4(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .bib(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .sessions(let list): ["entries": .array(list.map { JSONValue($0) })]
    case .globals(let list): ["globals": JSONValue(list)]
    case .statistics(let list):
      ["stats": .object(list.reduce(into: [:]) { $0[$1.name ?? "stat-\($1.id)"] = .number($1.value) })]
    case .alive(let alive): ["status": alive ? "ALIVE" : "DEAD"]
    case .translation(let translation): JSONValue(translation)
    case .empty: .object([:])
    }
  }
}

extension NetlinkHeader {
  fileprivate var text: JSONValue { ["flags": .number(flags), "seq": .number(sequence)] }
}

extension SyncDatagram {
  fileprivate var text: JSONValue { .array(sessions.map { JSONValue($0, withDestination6: format != .packed36) }) }
}

extension JoolOperation {
  fileprivate var text: JSONValue { .string(Self.names[Int(rawValue)]) }

  private static let names = """
    INSTANCE_FOREACH INSTANCE_ADD INSTANCE_HELLO INSTANCE_RM INSTANCE_FLUSH ADDRESS_QUERY64 ADDRESS_QUERY46 \
    STATS_FOREACH GLOBAL_FOREACH GLOBAL_UPDATE EAMT_FOREACH EAMT_ADD EAMT_RM EAMT_FLUSH BL4_FOREACH BL4_ADD BL4_RM \
    BL4_FLUSH POOL4_FOREACH POOL4_ADD POOL4_RM POOL4_FLUSH BIB_FOREACH BIB_ADD BIB_RM SESSION_FOREACH FILE_HANDLE \
    JOOLD_ADD JOOLD_ADVERTISE JOOLD_ACK
    """.split(separator: " ").map(String.init)
}

/// Values of JoolCore in the format of the vectors' `decoded` member.
extension JSONValue {
  fileprivate init(header: JoolHeader) {
    let names = ["ERROR", "FORCE", "QUICK", "M"]
    let flags = (0..<8).filter { header.flags.rawValue >> $0 & 1 == 1 }.map { bit -> JSONValue in
      bit < names.count ? .string(names[bit]) : .number(1 << bit)
    }
    self = [
      "version": JSONValue(header.version), "xt": JSONValue(header.translator), "flags": .array(flags),
      "iname": .string(header.instance.description),
    ]
  }

  init(_ value: some CustomStringConvertible) { self = .string("\(value)") }

  init(_ proto: L4Protocol) { self = .string(proto.description) }

  init<Address>(_ prefix: IPPrefix<Address>?) { self = prefix.map { .string("\($0)") } ?? .null }

  init(_ framework: Framework) {
    self =
      framework == .netfilter || framework == .iptables ? .string("\(framework)") : .number(framework.rawValue)
  }

  init(_ session: SessionEntry, withTimer: Bool = true, withDestination6: Bool = true) {
    var members: [String: JSONValue] = [
      "src6": JSONValue(session.source6), "src4": JSONValue(session.source4), "dst4": JSONValue(session.destination4),
      "proto": JSONValue(session.proto),
      "state": session.state.isKnown ? JSONValue(session.state) : .number(session.state.rawValue),
      "expiration-ms": .number(session.expiration.rawValue),
    ]
    if withTimer {
      members["timer"] = session.timer.isKnown ? JSONValue(session.timer) : .number(session.timer.rawValue)
    }
    if withDestination6 { members["dst6"] = JSONValue(session.destination6) }
    self = .object(members)
  }

  init(_ entry: BIBEntry) {
    self = [
      "src6": JSONValue(entry.source6), "src4": JSONValue(entry.source4), "proto": JSONValue(entry.proto),
      "static": .boolean(entry.isStatic),
    ]
  }

  init(_ entry: Pool4Entry) {
    self = [
      "mark": .number(entry.mark), "iterations": .number(entry.iterations.limit),
      "flags": .number(entry.iterations.flags.rawValue), "proto": JSONValue(entry.proto),
      "prefix": JSONValue(entry.prefix), "port-min": .number(entry.ports.first),
      "port-max": .number(entry.ports.last),
    ]
  }

  init(_ entry: EAMEntry) { self = ["prefix6": JSONValue(entry.prefix6), "prefix4": JSONValue(entry.prefix4)] }

  init(_ entry: InstanceEntry) {
    self = [
      "ns": .number(entry.namespace), "framework": JSONValue(entry.framework), "name": .text(entry.name),
    ]
  }

  init(_ settings: [GlobalSetting]) {
    self = .object(
      settings.reduce(into: [:]) { members, setting in
        let value: JSONValue =
          switch setting.value {
          case .boolean(let value): .boolean(value)
          case .unsigned(let value): .number(value)
          case .timeout(let value): .number(value.rawValue)
          case .plateaus(let list): .array(list.map { .number($0) })
          case .prefix6(let prefix): JSONValue(prefix)
          case .prefix4(let prefix): JSONValue(prefix)
          }
        members[setting.key.name] = value
      })
  }

  /// The body of a request: its root attributes by name.
  init(_ request: Request, sessions: (JSONValue)?) {
    var body: [String: JSONValue] = [:]
    for attribute in request.attributes {
      switch attribute {
      case .addressQuery6(let address): body["ADDR_QUERY"] = JSONValue(address)
      case .addressQuery4(let address): body["ADDR_QUERY"] = JSONValue(address)
      case .globals(let settings): body["GLOBALS"] = JSONValue(settings)
      case .denylist4(let list): body["BL4_ENTRIES"] = .array(list.map { JSONValue($0) })
      case .eamt(let list): body["EAMT_ENTRIES"] = .array(list.map { JSONValue($0) })
      case .pool4(let list): body["POOL4_ENTRIES"] = .array(list.map { JSONValue($0) })
      case .bib(let list): body["BIB_ENTRIES"] = .array(list.map { JSONValue($0) })
      case .sessions: body["SESSION_ENTRIES"] = sessions
      case .instanceOffset(let entry): body["OFFSET"] = JSONValue(entry)
      case .prefixOffset(let prefix): body["OFFSET"] = JSONValue(prefix)
      case .pool4Offset(let entry): body["OFFSET"] = JSONValue(entry)
      case .bibOffset(let entry): body["OFFSET"] = JSONValue(entry)
      case .sessionOffset(let entry): body["OFFSET"] = JSONValue(entry, withTimer: false)
      case .numberOffset(let number): body["OFFSET_U8"] = .number(number)
      case .newInstance(let new):
        body["OPERAND"] = ["framework": JSONValue(new.framework), "pool6": JSONValue(new.pool6)]
      case .eam(let entry): body["OPERAND"] = JSONValue(entry)
      case .eamSelector(let selector): body["OPERAND"] = JSONValue(selector)
      case .prefix(let prefix): body["OPERAND"] = JSONValue(prefix)
      case .pool4Entry(let entry): body["OPERAND"] = JSONValue(entry)
      case .bibEntry(let entry): body["OPERAND"] = JSONValue(entry)
      case .bibSelector(let selector):
        var members: [String: JSONValue] = ["proto": JSONValue(selector.proto), "static": .boolean(true)]
        if let source6 = selector.source6 { members["src6"] = JSONValue(source6) }
        if let source4 = selector.source4 { members["src4"] = JSONValue(source4) }
        body["OPERAND"] = .object(members)
      case .proto(let proto): body["PROTO"] = JSONValue(proto)
      case .atomicInit(let framework): body["ATOMIC_INIT"] = JSONValue(framework)
      case .atomicEnd: body["ATOMIC_END"] = .boolean(true)
      }
    }
    self = .object(body)
  }

  init(_ selector: EAMSelector) {
    func value<Address>(_ choice: PrefixChoice<Address>) -> JSONValue? {
      switch choice {
      case .absent: nil
      case .null: .null
      case .prefix(let prefix): JSONValue(prefix)
      }
    }
    self = .object(
      [("prefix6", value(selector.prefix6)), ("prefix4", value(selector.prefix4))].reduce(into: [:]) {
        $0[$1.0] = $1.1
      })
  }

  init(_ translation: AddressTranslation) {
    var members: [String: JSONValue] = [:]
    switch translation.address {
    case .v6(let address): members["addr6"] = JSONValue(address)
    case .v4(let address): members["addr4"] = JSONValue(address)
    }
    switch translation.rule {
    case .pool6(let prefix): members["prefix6052"] = JSONValue(prefix)
    case .eam(let entry): members["eam"] = JSONValue(entry)
    }
    self = .object(members)
  }
}
