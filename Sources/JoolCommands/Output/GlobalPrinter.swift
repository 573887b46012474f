import JoolCore

/// Prints global variables, one per line, optionally with explanations.
struct GlobalPrinter {
  var options: TableOptions
  var explains = false

  func write(_ settings: [GlobalSetting], to output: OutputSink) {
    if options.format == .json {
      output.print(JSONValue.object(settings.map { ($0.key.name, json($0)) }).text(expanding: 1))
      return
    }
    if options.csv, !options.noHeaders {
      output.print(explains ? "Field,Value," + GlobalExplanation.columns : "Field,Value")
    }
    for setting in settings {
      let line =
        options.csv
        ? "\(setting.key.name),\(Self.csv(setting))" : "  \(setting.key.name): \(Self.console(setting))"
      guard explains else {
        output.print(line)
        continue
      }
      let explanation = GlobalExplanation(of: setting.key)
      output.print(options.csv ? "\(line),\(explanation.csv)" : "\(line)\n\(explanation.block)")
    }
  }

  private func json(_ setting: GlobalSetting) -> JSONValue {
    guard explains else { return setting.json }
    return .object([("value", setting.json)] + GlobalExplanation(of: setting.key).members)
  }

  /// The value as text for people.
  static func console(_ setting: GlobalSetting) -> String {
    switch setting.value {
    case .boolean(let value): value ? "true" : "false"
    case .unsigned(let value) where setting.key.type == .fArguments: fArguments(value)
    case .timeout(let time): Timeouts.text(milliseconds: time.rawValue) + " (HH:MM:SS)"
    case .plateaus(let list): joined(list)
    case .prefix6(nil), .prefix4(nil): "(unset)"
    default: csv(setting)
    }
  }

  /// The value as a field of CSV, for programs.
  static func csv(_ setting: GlobalSetting) -> String {
    switch setting.value {
    case .boolean(let value): value ? "TRUE" : "FALSE"
    case .unsigned(let value) where setting.key.type == .hairpinMode: hairpinMode(value)
    case .unsigned(let value): String(value)
    case .timeout(let time): Timeouts.text(milliseconds: time.rawValue)
    case .plateaus(let list): "\"\(joined(list))\""
    case .prefix6(let prefix): prefix?.description ?? ""
    case .prefix4(let prefix): prefix?.description ?? ""
    }
  }

  private static func joined(_ plateaus: [UInt16]) -> String { plateaus.map { String($0) }.joined(separator: ",") }

  static func hairpinMode(_ number: UInt32) -> String {
    let modes = GlobalKey.hairpinModes
    return modes.indices.contains(Int(number)) ? modes[Int(number)] : "unknown"
  }

  /// `11 (0b1011): SrcAddr:1 SrcPort:0 DstAddr:1 DstPort:1`.
  private static func fArguments(_ value: UInt32) -> String {
    let bits = [3, 2, 1, 0].map { value >> $0 & 1 }
    let names = zip(["SrcAddr", "SrcPort", "DstAddr", "DstPort"], bits).map { "\($0):\($1)" }
    return "\(value) (0b\(bits.map { String($0) }.joined())): \(names.joined(separator: " "))"
  }
}
