import JoolCore

/// `bib display`: prints the bindings of one protocol, or of several, that fit a filter.
struct BIBDisplay: Command {
  var selection = RowSelection()
  var table = TableOptions()
  var numeric = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Print", defaultsToTCP: true) + Syntax.table(\.table)
        + [Syntax.numeric(\.numeric)] + Syntax.clients(\.selection, "bindings")
        + Syntax.order(\.selection, by: SortKey.ofBindings)
        + [Syntax.limit(\.selection, "Print at most N bindings")])
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let selection = try selection.checked(default: .tcp)
    let names = EndpointNames(numeric: numeric, in: context)
    var bindings: any RowWriter<BIBEntry> =
      table.format == .json
      ? JSONRows(output: context.output) : BIBPrinter(options: table, names: names, output: context.output)
    defer {
      bindings.printWaiting()
      names.finish()
    }
    try context.ask { (client) throws(JoolError) in try selection.read(from: &client) { bindings.write($0) } }
    bindings.finish()
  }
}
