import JoolCore
import SystemPackage

/// The 3.5 mode `--pool4`.
///
/// It applies to all three protocols unless some are chosen, and to all ports unless a range is given.
struct LegacyPool4 {
  var request: LegacyRequest
  var context: CommandContext

  func run() throws(CommandFailure) {
    let quick = request.modifiers.contains(.quick)
    switch request.operation {
    case .add: try add()
    case .update: try update()
    case .remove:
      let target = try target()
      try request.forEachProtocol(in: context) { (proto) throws(CommandFailure) in
        var command = Pool4Remove(target: target, quick: quick)
        command.target.proto = ProtocolChoice(proto)
        try command.run(in: context)
      }
    case .flush: try Pool4Flush(quick: quick).run(in: context)
    case .count: try count()
    default: try display()
    }
  }

  private func target() throws(CommandFailure) -> Pool4Target {
    var target = Pool4Target(mark: request.mark)
    try request.takeArguments { (text) throws(ArgumentError) in try target.take(text, acceptsProtocolWord: false) }
    return target
  }

  private func add() throws(CommandFailure) {
    let target = try target()
    var warnings: [String] = []
    try request.forEachProtocol(in: context) { (proto) throws(CommandFailure) in
      var command = Pool4Add(target: target, iterations: request.iterations, force: request.modifiers.contains(.force))
      command.target.proto = ProtocolChoice(proto)
      command.target.ports = target.ports ?? LegacyGrammar.allPorts(of: proto)
      let warning = try add(command)
      if let warning, !warnings.contains(warning) { warnings.append(warning) }
    }
    for warning in warnings { context.messages.warn(warning) }
  }

  /// Adds an entry that 3.5 would have added.
  ///
  /// Newer modules (4.1.15) need `--force` where the ports overlap those of the machine itself, so an addition that the
  /// module refuses as invalid is repeated with `--force`.
  ///
  /// - Returns: the module's objection, as a warning; `nil` if it had none.
  private func add(_ command: Pool4Add) throws(CommandFailure) -> String? {
    do throws(CommandFailure) {
      try command.run(in: context)
      return nil
    } catch {
      guard !command.force, case .module(.refused(.invalidArgument, let words)) = error else { throw error }
      var forced = command
      forced.force = true
      do throws(CommandFailure) { try forced.run(in: context) } catch _ { throw error }
      let lines = words.split(separator: "\n")
      return lines.filter { !$0.split(separator: " ").contains("--force") }.joined(separator: "\n")
    }
  }

  /// Changes the iterations of the sets with the mark.
  ///
  /// Today's module does that when any address of the set is added again.
  private func update() throws(CommandFailure) {
    guard request.modifiers.contains(.maxIterations) else { throw .invalid(.missing(["--max-iterations"])) }
    var client = try context.client()
    var sets: [Pool4Entry] = []
    for proto in request.chosenProtocols {
      var first: Pool4Entry?
      try client.ask { (client) throws(JoolError) in
        try client.forEachPool4Entry(of: proto) { page in first = first ?? page.first { $0.mark == request.mark } }
      }
      if let first { sets.append(first) }
    }
    let missing = request.protocols.subtracting(sets.map(\.proto))
    guard missing.isEmpty, !sets.isEmpty else {
      let protocols = missing.isEmpty ? request.chosenProtocols : L4Protocol.allCases.filter(missing.contains)
      throw .noPool4Set(mark: request.mark, protocols: protocols)
    }
    for var entry in sets {
      entry.iterations = request.iterations
      try client.ask { (client) throws(JoolError) in try client.addPool4(entry, force: true) }
    }
  }

  private func count() throws(CommandFailure) {
    var count = 0
    try context.ask { (client) throws(JoolError) in
      for proto in request.chosenProtocols { try client.forEachPool4Entry(of: proto) { count += $0.count } }
    }
    context.output.print("\(count)")
  }

  private func display() throws(CommandFailure) {
    var table = request.table
    for proto in request.chosenProtocols {
      try Pool4Display(proto: ProtocolChoice(proto), table: table).run(in: context)
      if table.csv { table.noHeaders = true }
    }
  }
}
