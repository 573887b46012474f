import JoolCore

/// `eamt display`: prints the explicit address mappings, in the order in which the module lists them.
struct EAMTDisplay: Command {
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var mappings: any RowWriter<EAMEntry> =
      table.format == .json
      ? JSONRows(output: context.output)
      : PrefixPrinter(columns: [.prefix6, .prefix4], options: table, output: context.output) {
        [PrefixTableCell($0.prefix6), PrefixTableCell($0.prefix4)]
      }
    try context.ask { (client) throws(JoolError) in
      try client.forEachEAM { (page) throws(JoolError) in mappings.write(page) }
    }
    mappings.finish()
  }
}
