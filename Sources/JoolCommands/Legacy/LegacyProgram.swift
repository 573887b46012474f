import JoolCore

/// Runs command lines of Jool 3.5 and before, and prints what those releases printed.
enum LegacyProgram {
  /// Parses and runs a command line, and hints at today's syntax.
  ///
  /// - Returns: the request for help, usage or version, if the command line is one; otherwise `nil`.
  static func run(_ words: ArraySlice<String>, in context: CommandContext) throws(CommandFailure) -> RootRequest? {
    let parsed: LegacyRequest.Parsed
    do throws(ArgumentError) {
      parsed = try LegacyRequest.parse(words, LegacyOptions(translator: context.translator))
    } catch {
      throw .legacy(.argument(error, operationName: context.programName), note: nil)
    }
    switch parsed {
    case .root(let request): return request
    case .request(let request):
      try run(request, in: context)
      return nil
    }
  }

  private static func run(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    if context.translator == .nat64, request.choosesPool6 {
      throw .legacy(.pool6IsFixed(programName: context.programName), note: nil)
    }
    context.messages.hint(LegacyHint(request: request, context: context).text)
    // Configuration files have today's format, so the messages about them are today's, too.
    if request.mode == .file {
      return try FileHandle(path: request.path, force: request.modifiers.contains(.force)).run(in: context)
    }
    let note =
      request.isAssumed
      ? "Assuming configuration mode '--\(request.mode.option)' and operation '--\(request.operation)'." : nil
    do throws(CommandFailure) {
      try work(on: request, in: context)
    } catch {
      throw .legacy(error, note: note)
    }
  }

  private static func work(on request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    switch request.mode {
    case .global: try global(request, in: context)
    case .session where request.operation == .count:
      try SessionCount(selection: RowSelection(protocols: request.protocols)).run(in: context)
    case .session: try LegacyDisplay(request: request, context: context).sessions()
    case .bib: try LegacyBIB(request: request, context: context).run()
    case .pool4: try LegacyPool4(request: request, context: context).run()
    case .pool6, .pool6791: try LegacyPrefixPool(request: request, context: context).run()
    case .eamt: try eamt(request, in: context)
    case .denylist4: try denylist4(request, in: context)
    case .joold: try SessionAdvertise().run(in: context)
    case .instance where request.operation == .add: try InstanceAdd(netfilter: true).run(in: context)
    case .instance: try InstanceRemove().run(in: context)
    case .file: return
    }
  }

  private static func global(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    guard let (flag, text) = request.setting else {
      let settings = try context.ask { (client) throws(JoolError) in try client.globals() }
      LegacyGlobalTable(settings: settings, translator: context.translator, options: request.table)
        .write(to: context.output)
      return
    }
    let setting: GlobalSetting?
    do throws(ArgumentError) { setting = try flag.setting(text) } catch { throw .invalid(error) }
    guard let setting else { return }
    var client = try context.client()
    try GlobalUpdate.apply(setting, to: &client, force: request.modifiers.contains(.force), in: context)
  }

  private static func eamt(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    var pair = PrefixPair()
    try request.takeArguments { (text) throws(ArgumentError) in try pair.take(text) }
    switch request.operation {
    case .add: try EAMTAdd(pair: pair, force: request.modifiers.contains(.force)).run(in: context)
    case .remove: try EAMTRemove(pair: pair).run(in: context)
    case .flush: try EAMTFlush().run(in: context)
    case .count:
      var count = 0
      try context.ask { (client) throws(JoolError) in try client.forEachEAM { count += $0.count } }
      context.output.print("\(count)")
    default: try EAMTDisplay(table: request.table).run(in: context)
    }
  }

  private static func denylist4(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    var prefix: IPv4Prefix?
    try request.takeArguments { (text) throws(ArgumentError) in prefix = try IPPrefix(argument: text) }
    switch request.operation {
    case .add: try Denylist4Add(prefix: prefix, force: request.modifiers.contains(.force)).run(in: context)
    case .remove: try Denylist4Remove(prefix: prefix).run(in: context)
    case .flush: try Denylist4Flush().run(in: context)
    case .count:
      // The manual specifies the number of addresses, not of prefixes.
      var count: UInt64 = 0
      try context.ask { (client) throws(JoolError) in
        try client.forEachDenylist4Entry { page in for prefix in page { count += prefix.addressCount } }
      }
      context.output.print("\(count)")
    default: try Denylist4Display(table: request.table).run(in: context)
    }
  }
}

extension LegacyRequest {
  /// Whether the request changes pool6, or adds an instance without giving its pool6.
  fileprivate var choosesPool6: Bool {
    switch mode {
    case .pool6: operation != .display && operation != .count
    case .instance: operation == .add
    default: false
    }
  }

  /// Passes each positional argument to `take`.
  func takeArguments(_ take: (String) throws(ArgumentError) -> Void) throws(CommandFailure) {
    do throws(ArgumentError) { for text in arguments { try take(text) } } catch { throw .invalid(error) }
  }

  /// Calls `body` for every chosen protocol.
  ///
  /// If one fails, a warning lists the protocols that were changed before.
  func forEachProtocol(
    in context: CommandContext, _ body: (L4Protocol) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var left = chosenProtocols[...]
    while let proto = left.first {
      do throws(CommandFailure) {
        try body(proto)
      } catch {
        let done = chosenProtocols.prefix { $0 != proto }
        if !done.isEmpty { context.messages.warn("\(Self.list(done)) changed; \(Self.list(left)) did not.") }
        throw error
      }
      left = left.dropFirst()
    }
  }

  private static func list(_ protocols: some Collection<L4Protocol>) -> String {
    protocols.map(\.description).joined(separator: " and ")
  }
}
