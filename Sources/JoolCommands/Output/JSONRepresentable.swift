import JoolCore
import SystemPackage

/// A value that `--json` prints.
///
/// The names of members are documented in `docs/json.md` and must not change.
protocol JSONRepresentable {
  var json: JSONValue { get }
}

extension InstanceEntry: JSONRepresentable {
  var json: JSONValue {
    .object([
      ("namespace", .string(String(namespace, radix: 16))), ("name", .text(name)), ("framework", .text(framework)),
    ])
  }
}

extension Pool4Entry: JSONRepresentable {
  var json: JSONValue {
    let isInfinite = iterations.flags.contains(.infinite)
    let address = prefix.length == IPv4Address.bitWidth ? prefix.address.description : prefix.description
    return .object([
      ("mark", .number(mark)), ("protocol", .text(proto)), ("address", .string(address)),
      ("first_port", .number(ports.first)), ("last_port", .number(ports.last)),
      ("max_iterations", isInfinite ? .null : .number(iterations.limit)),
      ("max_iterations_fixed", .boolean(!iterations.flags.contains(.automatic))),
    ])
  }
}

extension EAMEntry: JSONRepresentable {
  var json: JSONValue { .object([("prefix6", .text(prefix6)), ("prefix4", .text(prefix4))]) }
}

extension IPv4Prefix: JSONRepresentable {
  var json: JSONValue { .object([("prefix4", .text(self))]) }
}

extension GlobalSetting: JSONRepresentable {
  /// The variable's value, without its name.
  var json: JSONValue {
    switch value {
    case .boolean(let value): .boolean(value)
    case .unsigned(let value) where key.type == .hairpinMode: .string(GlobalPrinter.hairpinMode(value))
    case .unsigned(let value): .number(value)
    case .timeout(let time): .number(time.rawValue)
    case .plateaus(let list): .array(list.map { .number($0) })
    case .prefix6(let prefix): prefix.map(JSONValue.text) ?? .null
    case .prefix4(let prefix): prefix.map(JSONValue.text) ?? .null
    }
  }
}

extension Statistic {
  func json(explained: Bool) -> JSONValue {
    let explanation = ("explanation", JSONValue.string(StatisticExplanations.text(of: name ?? "")))
    return .object(
      [("name", name.map { .string($0) } ?? .null), ("value", .number(value))] + (explained ? [explanation] : []))
  }
}

extension TranslationReport: JSONRepresentable {
  var json: JSONValue {
    let rule: [(String, JSONValue)]
    switch translation.rule {
    case .pool6(let prefix): rule = [("type", .string("pool6")), ("prefix6", .text(prefix))]
    case .eam(let eam):
      rule = [("type", .string("eam")), ("prefix6", .text(eam.prefix6)), ("prefix4", .text(eam.prefix4))]
    }
    return .object([("query", .text(query)), ("result", .string(result)), ("rule", .object(rule))])
  }
}

extension CommandFailure {
  /// The object that is printed on standard error if `--json` is given.
  func json(programName: String) -> JSONValue {
    var text = message(programName: programName)
    if text.hasPrefix("Error: ") { text.removeFirst("Error: ".count) }
    while text.last == "\n" { text.removeLast() }
    var members: [(String, JSONValue)] = [("status", .number(status.rawValue)), ("message", .string(text))]
    if case .refused(let code, let words)? = moduleError {
      let number = UInt32(clamping: code.rawValue)
      members.append(("module", .object([("code", .number(number)), ("message", .string(words))])))
    }
    return .object([("error", .object(members + (place?.jsonMembers ?? [])))])
  }

  private var moduleError: JoolError? {
    switch self {
    case .module(let error): error
    case .apply(.unchanged(let failure)), .comparison(let failure): failure.moduleError
    case .apply(let failure): failure.moduleError
    default: nil
    }
  }
}

extension FilePlace {
  /// The members that the JSON of failures and warnings about a file contains.
  var jsonMembers: [(String, JSONValue)] {
    [
      ("file", .string(path)), ("line", .number(position.line)), ("column", .number(position.column)),
      ("advice", advice.map { .string($0) } ?? .null),
    ]
  }
}
