import JoolCore

/// `denylist4 display`: prints the prefixes whose addresses must not be translated, in order of insertion.
struct Denylist4Display: Command {
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var prefixes: any RowWriter<IPv4Prefix> =
      table.format == .json
      ? JSONRows(output: context.output)
      : PrefixPrinter(columns: [.prefix4], options: table, output: context.output) { [PrefixTableCell($0)] }
    try context.ask { (client) throws(JoolError) in
      try client.forEachDenylist4Entry { (page) throws(JoolError) in prefixes.write(page) }
    }
    prefixes.finish()
  }
}
