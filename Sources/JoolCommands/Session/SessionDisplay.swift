import JoolCore

/// `session display`: prints the sessions of one protocol, or of several, that fit a filter.
struct SessionDisplay: Command {
  var selection = RowSelection()
  var table = TableOptions()
  var numeric = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Print", defaultsToTCP: true) + Syntax.table(\.table)
        + [Syntax.numeric(\.numeric)] + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection)
        + Syntax.order(\.selection, by: SortKey.allCases)
        + [Syntax.limit(\.selection, "Print at most N sessions")])
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let selection = try selection.checked(default: .tcp)
    let names = EndpointNames(numeric: numeric, in: context)
    var printer = SessionPrinter(options: table, names: names, output: context.output)
    printer.namesProtocol = selection.hasSeveralProtocols
    var sessions: any RowWriter<SessionEntry> = table.format == .json ? JSONRows(output: context.output) : printer
    defer {
      sessions.printWaiting()
      names.finish()
    }
    try context.ask { (client) throws(JoolError) in try selection.read(from: &client) { sessions.write($0) } }
    sessions.finish()
  }
}
