import JoolCore

/// What an operator should know of a global variable, besides its value.
struct GlobalExplanation {
  let key: GlobalKey
  /// What the variable does to traffic: lines of at most 90 characters.
  let effect: [String]
  /// The standard that the variable comes from, with its section; `nil` if it is Jool's own.
  let source: String?

  /// The explanation of a variable.
  init(of key: GlobalKey) {
    let entry = GlobalExplanations.table[key.name]
    self.key = key
    effect = (entry?.effect ?? "This program has no explanation of this variable.").split(separator: "\n").map(
      String.init)
    source = entry?.source
  }

  /// The explanation as paragraphs for people, without the variable's name.
  var lines: [String] {
    var lines = effect
    lines.append("Value: \(form); default \(defaultText)")
    lines.append("Exists in: \(key.onlyIn.map(Self.name) ?? "both translators"), \(releases)")
    lines.append("Source: \(source ?? "Jool")")
    return lines
  }

  /// The lines, indented, each with its end.
  var block: String { lines.map { "    \($0)\n" }.joined() }

  /// The columns of the explanation in CSV.
  static let columns = "Form,Default,Translator,Since,Source,Explanation"

  /// The values of `columns`, in double quotes.
  ///
  /// None of the texts contains a double quote.
  var csv: String {
    let translator = key.onlyIn.map(Self.name) ?? ""
    return [form, defaultText, translator, since, source ?? "", effect.joined(separator: " ")]
      .map { "\"\($0)\"" }.joined(separator: ",")
  }

  /// The members of the explanation in JSON.
  var members: [(String, JSONValue)] {
    [
      ("explanation", .string(effect.joined(separator: " "))), ("value_form", .string(form)),
      ("unit", unit.map { .string($0) } ?? .null), ("default", defaultSetting?.json ?? .null),
      ("minimum", range.map { .number($0.lowerBound) } ?? .null),
      ("maximum", range.map { .number($0.upperBound) } ?? .null),
      ("translator", key.onlyIn.map { .string(Self.name($0)) } ?? .null),
      ("since", .string(since)), ("source", source.map { .string($0) } ?? .null),
    ]
  }

  private static func name(_ translator: TranslatorType) -> String { translator == .nat64 ? "NAT64" : "SIIT" }

  private var releases: String {
    key.since > ModuleVersion(4, 1, 2) ? "from module \(since) on" : "every module that this program works with"
  }

  /// The first release with the variable, such as `4.1.11`.
  private var since: String { key.since.description.split(separator: ".").prefix(3).joined(separator: ".") }

  /// The unit of the variable's integers.
  private var unit: String? {
    switch key.type {
    case .timeout: "milliseconds"
    case .plateaus: "bytes"
    default: GlobalExplanations.units[key.name]
    }
  }

  /// The integers that the module accepts; `nil` if the variable is no integer.
  private var range: ClosedRange<UInt32>? {
    switch key.type {
    case .unsigned8(let max): key.least...UInt32(max)
    case .unsigned32, .timeout: key.least...UInt32.max
    case .fArguments: 0...15
    case .boolean, .plateaus, .prefix6, .prefix4, .hairpinMode: nil
    }
  }

  /// What may be written after `global update KEY`.
  private var form: String {
    switch key.type {
    case .boolean: return "true or false"
    case .timeout:
      return "a time as [[HH:]MM:]SS[.mmm]"
        + (key.least > 0 ? ", at least \(Timeouts.text(milliseconds: key.least))" : "")
    case .plateaus: return "at most 64 sizes in bytes, with commas between them"
    case .prefix6: return "an IPv6 prefix" + (key == .pool6 ? "" : ", or null for none")
    case .prefix4: return "an IPv4 prefix, or null for none"
    case .hairpinMode: return GlobalKey.hairpinModes.joined(separator: ", ")
    case .unsigned8, .unsigned32, .fArguments:
      guard let range else { return "" }
      let number = unit.map { "a number of \($0)" } ?? "a number"
      switch (range.lowerBound, range.upperBound) {
      case (0, .max): return number
      case (let least, .max): return "\(number), at least \(least)"
      case (let least, let most): return "\(number), \(least) to \(most)"
      }
    }
  }

  /// The value in a new instance of the newest module.
  private var defaultSetting: GlobalSetting? {
    GlobalSetting.defaults(of: key.onlyIn ?? .nat64, pool6: nil).first { $0.key == key }
  }

  private var defaultText: String {
    guard let defaultSetting else { return "unknown" }
    return GlobalPrinter.console(defaultSetting)
      + (GlobalExplanations.formerDefaults[key.name].map { " (\($0))" } ?? "")
  }
}
