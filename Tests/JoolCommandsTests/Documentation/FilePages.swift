@testable import JoolCommands
@testable import JoolCore

/// `jool.conf`(5): the keys that `ConfigurationReader` reads, and the explanations of `global explain`.
enum ConfigurationPage {
  static let page = ManualPage(
    name: PageName("jool.conf", 5), summary: "The configuration file of an instance", sections: sections,
    related: [PageName("jool", 8), PageName("jool-file", 8), PageName("jool-global", 8)])

  private static var sections: String {
    ".SH KEYS\n" + ConfigurationKey.root.map(item).joined() + ".SH KEYS OF GLOBAL\n"
      + GlobalKey.all.map(GlobalExplanation.init(of:)).map(item).joined() + ".SH KEYS OF AN ENTRY OF POOL4\n"
      + ConfigurationKey.pool4.map(item).joined() + ".SH KEYS OF AN ENTRY OF BIB\n"
      + ConfigurationKey.bib.map(item).joined() + ".SH KEYS OF AN ENTRY OF EAMT\n"
      + ConfigurationKey.eamt.map(item).joined()
  }

  private static func item(_ key: ConfigurationKey) -> String {
    let program = key.onlyIn.map { " Only \($0 == .nat64 ? "NAT64" : "SIIT")." } ?? ""
    let absence = key.absent.map { "Without it: \($0)" } ?? "Mandatory"
    return Roff.item(
      Roff.plain(key.name), Roff.sentence(key.explanation) + Roff.sentence("Type: \(key.form). \(absence).\(program)"))
  }

  private static func item(_ explanation: GlobalExplanation) -> String {
    let rest = explanation.lines.dropFirst(explanation.effect.count)
    return Roff.item(
      Roff.plain(explanation.key.name),
      Roff.sentence(explanation.effect.joined(separator: " ")) + Roff.sentence("Type: \(explanation.key.type.inFiles)")
        + rest.map(Roff.sentence).joined())
  }
}

extension GlobalType {
  /// The JSON type of the values in a configuration file.
  fileprivate var inFiles: String {
    switch self {
    case .boolean: "boolean"
    case .unsigned8, .unsigned32, .fArguments: "number"
    case .plateaus: "array of numbers"
    case .timeout, .hairpinMode: "string"
    case .prefix6, .prefix4: "string or null"
    }
  }
}

/// `jool-session-proxy`(5): the keys that `ProxyOptionsFile` reads.
enum ProxyFilePage {
  static let page = ManualPage(
    name: PageName("jool-session-proxy", 5), summary: "The options of a session proxy as a file",
    sections: ".SH KEYS\n" + SessionProxyCommand.configurable.map { item($0.declaration) }.joined(),
    related: [PageName("jool-session-proxy", 8), PageName("jool", 8)])

  private static func item(_ option: OptionDeclaration) -> String {
    var type = option.value == .required("INT") ? "number" : "string"
    if !option.suggestions.isEmpty { type += ": " + option.suggestions.joined(separator: ", ") }
    if ProxyOptionsFile.lists.contains(option.name) { type += ", or an array of strings" }
    return Roff.item(
      Roff.plain(option.name), Roff.sentence(option.explanation) + Roff.sentence("Type: \(type)"))
  }
}
