import JoolCore

/// `session display`: prints the sessions of one protocol.
struct SessionDisplay: Command {
  var proto = ProtocolChoice()
  var table = TableOptions()
  var numeric = false

  var syntax: Syntax<Self> {
    Syntax(options: Syntax.protocols(\.proto, "Print") + Syntax.table(\.table) + [Syntax.numeric(\.numeric)])
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let names = EndpointNames(numeric: numeric, in: context)
    var sessions: any RowWriter<SessionEntry> =
      table.format == .json
      ? JSONRows(output: context.output) : SessionPrinter(options: table, names: names, output: context.output)
    defer {
      sessions.printWaiting()
      names.finish()
    }
    try context.ask { (client) throws(JoolError) in
      try client.forEachSession(of: proto.orTCP) { (page) throws(JoolError) in sessions.write(page) }
    }
    sessions.finish()
  }
}
