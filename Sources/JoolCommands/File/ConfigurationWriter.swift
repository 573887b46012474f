import JoolCore

extension InstanceConfiguration {
  /// The text of a configuration file, with a line for each variable and each entry.
  var fileText: String {
    var members: [(String, JSONValue)] = []
    if let instanceName { members.append(("instance", .text(instanceName))) }
    members.append(("framework", .text(framework)))
    return JSONValue.object(members + sections.map(\.member)).text(expanding: 2) + "\n"
  }
}

extension InstanceConfiguration.Section {
  fileprivate var member: (String, JSONValue) {
    switch self {
    case .globals(let settings): ("global", .object(settings.map { ($0.key.name, $0.fileValue) }))
    case .pool4(let entries): ("pool4", .array(entries.map(\.fileItem)))
    case .bib(let entries): ("bib", .array(entries.map(\.fileItem)))
    case .eamt(let entries): ("eamt", .array(entries.map(\.fileItem)))
    case .denylist4(let prefixes): ("denylist4", .array(prefixes.map(JSONValue.text)))
    }
  }
}

extension GlobalSetting {
  /// The value in the form that files use.
  var fileValue: JSONValue {
    if case .timeout(let time) = value { return .string(Timeouts.text(milliseconds: time.rawValue)) }
    return json
  }
}

extension Pool4Entry {
  /// The entry as files contain it.
  var fileItem: JSONValue {
    var members: [(String, JSONValue)] = [
      ("protocol", .text(proto)), ("prefix", .text(prefix)), ("port range", .text(ports)),
      ("mark", .number(mark)),
    ]
    if let limit = iterations.fileValue { members.append(("max-iterations", limit)) }
    return .object(members)
  }
}

extension MaxIterations {
  /// The limit in the form that files use; `nil` if none is set.
  var fileValue: JSONValue? {
    if flags.contains(.automatic) { return .string("auto") }
    if flags.contains(.infinite) { return .string("infinity") }
    return flags.contains(.set) ? .number(limit) : nil
  }
}

extension BIBEntry {
  /// The entry as files contain it.
  var fileItem: JSONValue {
    .object([("protocol", .text(proto)), ("ipv6 address", .text(source6)), ("ipv4 address", .text(source4))])
  }
}

extension EAMEntry {
  /// The entry as files contain it.
  var fileItem: JSONValue {
    .object([("ipv6 prefix", .text(prefix6)), ("ipv4 prefix", .text(prefix4))])
  }
}
