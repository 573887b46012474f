import JoolCore

/// `global update KEY`: changes one variable.
struct GlobalUpdate: Command {
  var key: GlobalKey
  var text: String?
  var force = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [Syntax.force(\.force)], arguments: "STR", completion: .options(suggestions: key.suggestions)
    ) { (command, text) throws(ArgumentError) in
      try command.text.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let text else { throw .invalid(.missingValue(key: context.invocation.operationName)) }
    var client = try context.client()
    try Self.apply(try setting(from: text), to: &client, force: force, in: context)
  }

  /// Changes one variable, and prints a warning if the new value breaks session synchronization.
  static func apply(
    _ setting: GlobalSetting, to client: inout TranslatorClient, force: Bool, in context: CommandContext
  ) throws(CommandFailure) {
    let module = client.module
    guard setting.key.since <= module else { throw .keyTooNew(setting.key, module: module) }
    try client.ask { (client) throws(JoolError) in try client.update([setting], force: force) }
    if let warning = setting.warning(module: module) { context.messages.warn(warning) }
  }

  private func setting(from text: String) throws(CommandFailure) -> GlobalSetting {
    do throws(ArgumentError) {
      return GlobalSetting(key: key, value: try GlobalValue(argument: text, type: key.type))
    } catch {
      throw .invalid(error)
    }
  }
}

extension GlobalValue {
  /// Reads a value in the form that the command line uses for its type.
  init(argument text: String, type: GlobalType) throws(ArgumentError) {
    switch type {
    case .boolean: self = .boolean(try Bool(argument: text))
    case .unsigned8(let max): self = .unsigned(UInt32(try UInt8(argument: text, limit: max)))
    case .fArguments: self = .unsigned(UInt32(try UInt8(argument: text)))
    case .unsigned32: self = .unsigned(try UInt32(argument: text))
    case .timeout: self = .timeout(Milliseconds(try Timeouts.parse(text)))
    case .plateaus: self = .plateaus(try Plateaus.parse(text))
    case .prefix6: self = .prefix6(try IPv6Prefix.optional(argument: text))
    case .prefix4: self = .prefix4(try IPv4Prefix.optional(argument: text))
    case .hairpinMode:
      guard let mode = GlobalKey.hairpinModes.firstIndex(of: text) else { throw .notHairpinMode(text) }
      self = .unsigned(UInt32(mode))
    }
  }
}

extension GlobalSetting {
  /// The warning about a value that the module accepts although it breaks session synchronization; otherwise `nil`.
  fileprivate func warning(module: ModuleVersion) -> String? {
    let safe = RecordLayout(module: module).safeRecordsPerMessage
    guard key == .ssMaxSessionsPerPacket, case .unsigned(let count) = value, !(1...safe ~= Int(count)) else {
      return nil
    }
    return """
      With \(count) sessions per packet, this module (\(module)) \
      \(count == 0 ? "sends none" : "loses every full packet"). Use 1 to \(safe).
      """
  }
}

extension GlobalKey {
  /// The words of `eam-hairpin-mode`.
  ///
  /// The index of each is its number.
  static let hairpinModes = ["off", "simple", "intrinsic"]

  /// The values that completion suggests.
  var suggestions: [String] {
    switch type {
    case .boolean: ["true", "false"]
    case .hairpinMode: Self.hairpinModes
    case .prefix6: ["64:ff9b::/96"]
    default: []
    }
  }
}
