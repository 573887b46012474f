import JoolCore

/// Does what command lines of Jool 3.5 and before ask for, with their output.
enum LegacyProgram {
  /// Parses and runs a command line, and hints at today's spelling.
  ///
  /// - Returns: help, usage or version if that is what is asked for.
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
      if request.mode == .pool6, context.translator == .nat64, ![.display, .count].contains(request.operation) {
        throw .legacy(.pool6IsFixed(programName: context.programName), note: nil)
      }
      context.hint(LegacyHint(request: request, context: context).text)
      let note =
        request.isAssumed ? "Assuming configuration mode '--global' and operation '--\(request.operation)'." : nil
      do throws(CommandFailure) {
        try run(request, in: context)
      } catch {
        throw .legacy(error, note: note)
      }
      return nil
    }
  }

  private static func run(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    switch request.mode {
    case .global: try global(request, in: context)
    case .session where request.operation == .count:
      try SessionCount(protocols: request.protocols).run(in: context)
    case .session: try LegacyDisplay(request: request, context: context).sessions()
    case .bib: try bib(request, in: context)
    case .pool4: try pool4(request, in: context)
    case .pool6: try LegacyPool6(request: request, context: context).run()
    case .eamt: try eamt(request, in: context)
    case .denylist4: try denylist4(request, in: context)
    case .joold: try SessionAdvertise().run(in: context)
    case .file: try FileHandle(path: request.path, force: request.modifiers.contains(.force)).run(in: context)
    }
  }

  private static func global(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    guard let (flag, text) = request.setting else {
      let settings = try context.ask { (client) throws(JoolError) in try client.globals() }
      LegacyGlobalTable(settings: settings, translator: context.translator, options: request.table)
        .write(to: context.output)
      return
    }
    let setting: GlobalSetting
    do throws(ArgumentError) { setting = try flag.setting(text) } catch { throw .invalid(error) }
    var client = try context.client()
    try GlobalUpdate.apply(setting, to: &client, force: request.modifiers.contains(.force), in: context)
  }

  private static func bib(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    var pair = TransportAddressPair()
    try taking(request.arguments) { (text) throws(ArgumentError) in try pair.take(text) }
    switch request.operation {
    case .add:
      try each(request, context) { (proto) throws(CommandFailure) in
        try BIBAdd(proto: ProtocolChoice(proto), pair: pair).run(in: context)
      }
    case .remove:
      try each(request, context) { (proto) throws(CommandFailure) in
        try BIBRemove(proto: ProtocolChoice(proto), pair: pair).run(in: context)
      }
    case .count:
      for proto in request.chosenProtocols {
        var count = 0
        try context.ask { (client) throws(JoolError) in try client.forEachBIBEntry(of: proto) { count += $0.count } }
        context.output.print("\(proto): \(count)")
      }
    default: try LegacyDisplay(request: request, context: context).bindings()
    }
  }

  private static func pool4(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    var target = Pool4Target(mark: request.mark)
    try taking(request.arguments) { (text) throws(ArgumentError) in
      try target.take(text, acceptsProtocolWord: false)
    }
    let quick = request.modifiers.contains(.quick)
    switch request.operation {
    case .add:
      try each(request, context) { (proto) throws(CommandFailure) in
        var command = Pool4Add(target: target, iterations: request.iterations)
        command.target.proto = ProtocolChoice(proto)
        command.force = request.modifiers.contains(.force)
        try command.run(in: context)
      }
    case .remove:
      try each(request, context) { (proto) throws(CommandFailure) in
        var command = Pool4Remove(target: target, quick: quick)
        command.target.proto = ProtocolChoice(proto)
        try command.run(in: context)
      }
    case .flush: try Pool4Flush(quick: quick).run(in: context)
    case .count:
      var count = 0
      try context.ask { (client) throws(JoolError) in
        for proto in request.chosenProtocols { try client.forEachPool4Entry(of: proto) { count += $0.count } }
      }
      context.output.print("\(count)")
    default:
      var table = request.table
      for proto in request.chosenProtocols {
        try Pool4Display(proto: ProtocolChoice(proto), table: table).run(in: context)
        if table.csv { table.noHeaders = true }
      }
    }
  }

  private static func eamt(_ request: LegacyRequest, in context: CommandContext) throws(CommandFailure) {
    var pair = PrefixPair()
    try taking(request.arguments) { (text) throws(ArgumentError) in try pair.take(text) }
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
    try taking(request.arguments) { (text) throws(ArgumentError) in prefix = try IPPrefix(argument: text) }
    switch request.operation {
    case .add: try Denylist4Add(prefix: prefix, force: request.modifiers.contains(.force)).run(in: context)
    case .remove: try Denylist4Remove(prefix: prefix).run(in: context)
    case .flush: try Denylist4Flush().run(in: context)
    case .count:
      var count = 0
      try context.ask { (client) throws(JoolError) in try client.forEachDenylist4Entry { count += $0.count } }
      context.output.print("\(count)")
    default: try Denylist4Display(table: request.table).run(in: context)
    }
  }

  private static func taking(
    _ arguments: [String], _ take: (String) throws(ArgumentError) -> Void
  ) throws(CommandFailure) {
    do throws(ArgumentError) { for text in arguments { try take(text) } } catch { throw .invalid(error) }
  }

  /// Does something for every chosen protocol, and says what was done if one of them fails.
  private static func each(
    _ request: LegacyRequest, _ context: CommandContext, _ body: (L4Protocol) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    var done: [String] = []
    for proto in request.chosenProtocols {
      do throws(CommandFailure) {
        try body(proto)
      } catch {
        if !done.isEmpty { context.warn("\(done.joined(separator: " and ")) was changed; \(proto) was not.") }
        throw error
      }
      done.append(proto.description)
    }
  }
}

/// `--pool6`, which is a variable of the instance now.
struct LegacyPool6 {
  var request: LegacyRequest
  var context: CommandContext

  func run() throws(CommandFailure) {
    switch request.operation {
    case .display, .count: try display()
    case .add:
      guard let text = request.arguments.first else { throw .invalid(.missing(["an IPv6 prefix"])) }
      try update(to: text)
    default: try update(to: "null")
    }
  }

  private func display() throws(CommandFailure) {
    let settings = try context.ask { (client) throws(JoolError) in try client.globals() }
    let prefix = settings.prefix6("pool6")
    guard request.operation == .display else { return context.output.print(prefix == nil ? "0" : "1") }
    if request.table.csv, !request.table.noHeaders { context.output.print("Prefix") }
    if let prefix { context.output.print("\(prefix)") }
    LegacyTable(options: request.table, output: context.output).finish(count: prefix == nil ? 0 : 1)
  }

  private func update(to text: String) throws(CommandFailure) {
    guard let key = GlobalKey.named("pool6") else { return }
    let setting: GlobalSetting
    do throws(ArgumentError) {
      setting = GlobalSetting(key: key, value: try GlobalValue(argument: text, type: key.type))
    } catch {
      throw .invalid(error)
    }
    var client = try context.client()
    try GlobalUpdate.apply(setting, to: &client, force: request.modifiers.contains(.force), in: context)
  }
}
