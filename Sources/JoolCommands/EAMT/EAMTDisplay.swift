import JoolCore

/// `eamt display`: the explicit address mappings, as the module walks them.
struct EAMTDisplay: Command {
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var mappings = PrefixTable(columns: [.prefix6, .prefix4], options: table, output: context.output)
    try context.ask { (client) throws(JoolError) in
      try client.forEachEAM { (page) throws(JoolError) in
        mappings.write(page.map { [PrefixTable.Cell($0.prefix6), PrefixTable.Cell($0.prefix4)] })
      }
    }
    mappings.finish()
  }
}
