import JoolCore

/// `bib display`: prints the bindings of one protocol.
struct BIBDisplay: Command {
  var proto = ProtocolChoice()
  var table = TableOptions()
  var numeric = false

  var syntax: Syntax<Self> {
    Syntax(options: Syntax.protocols(\.proto, "Print") + Syntax.table(\.table) + [Syntax.numeric(\.numeric)])
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let names = EndpointNames(numeric: numeric, in: context)
    var bindings: any RowWriter<BIBEntry> =
      table.format == .json
      ? JSONRows(output: context.output) : BIBPrinter(options: table, names: names, output: context.output)
    defer {
      bindings.printWaiting()
      names.finish()
    }
    try context.ask { (client) throws(JoolError) in
      try client.forEachBIBEntry(of: proto.orTCP) { (page) throws(JoolError) in bindings.write(page) }
    }
    bindings.finish()
  }
}
