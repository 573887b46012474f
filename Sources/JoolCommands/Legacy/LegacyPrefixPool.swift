import JoolCore

/// The 3.5 modes `--pool6` and `--pool6791`, which were pools of prefixes.
///
/// Since Jool 4.0 each is a variable that holds one prefix or none.
struct LegacyPrefixPool {
  var request: LegacyRequest
  var context: CommandContext

  /// The variable that replaced the mode's pool.
  static func key(of mode: LegacyMode) -> GlobalKey { mode == .pool6 ? .pool6 : .rfc6791v4Prefix }

  private var key: GlobalKey { Self.key(of: request.mode) }
  private var option: String { request.mode.option }

  func run() throws(CommandFailure) {
    var client = try context.client()
    switch request.operation {
    case .add: try add(&client)
    case .remove: try remove(&client)
    case .flush: try update(to: "null", &client)
    case .count:
      let count = Self.count(try current(&client))
      context.output.print("\(count)")
    default: display(try current(&client))
    }
  }

  private func current(_ client: inout TranslatorClient) throws(CommandFailure) -> GlobalValue? {
    let settings = try client.ask { (client) throws(JoolError) in try client.globals() }
    let value = settings[key]
    return switch value {
    case .prefix6(nil), .prefix4(nil): nil
    default: value
    }
  }

  private func add(_ client: inout TranslatorClient) throws(CommandFailure) {
    let text = try argument()
    _ = try setting(text)
    if let present = try current(&client) {
      throw .poolIsFull(option: option, prefix: Self.text(present))
    }
    try update(to: text, &client)
  }

  private func remove(_ client: inout TranslatorClient) throws(CommandFailure) {
    let wanted = try setting(try argument()).value
    guard try current(&client) == wanted else { throw .notInPool(option: option, prefix: Self.text(wanted)) }
    try update(to: "null", &client)
  }

  private func argument() throws(CommandFailure) -> String {
    guard let text = request.arguments.first, text != "null" else {
      throw .invalid(.missing([request.mode == .pool6 ? "an IPv6 prefix" : "an IPv4 prefix"]))
    }
    return text
  }

  /// The number that `--count` prints: prefixes for IPv6, addresses for IPv4.
  private static func count(_ value: GlobalValue?) -> UInt64 {
    switch value {
    case nil: 0
    case .prefix4(let prefix?): prefix.addressCount
    default: 1
    }
  }

  private static func text(_ value: GlobalValue) -> String {
    switch value {
    case .prefix6(let prefix?): prefix.description
    case .prefix4(let prefix?): prefix.description
    default: ""
    }
  }

  private func display(_ value: GlobalValue?) {
    if request.table.csv, !request.table.noHeaders { context.output.print("Prefix") }
    if let value { context.output.print(Self.text(value)) }
    LegacyTable(options: request.table, output: context.output).finish(count: value == nil ? 0 : 1)
  }

  private func setting(_ text: String) throws(CommandFailure) -> GlobalSetting {
    do throws(ArgumentError) {
      return GlobalSetting(key: key, value: try GlobalValue(argument: text, type: key.type))
    } catch {
      throw .invalid(error)
    }
  }

  private func update(to text: String, _ client: inout TranslatorClient) throws(CommandFailure) {
    try GlobalUpdate.apply(
      try setting(text), to: &client, force: request.modifiers.contains(.force), in: context)
  }
}

extension IPv4Prefix {
  /// The number of addresses that the prefix contains.
  var addressCount: UInt64 { 1 << (32 - UInt64(length)) }
}
