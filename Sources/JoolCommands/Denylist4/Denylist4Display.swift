import JoolCore

/// `denylist4 display`: what must not be translated, in order of insertion.
struct Denylist4Display: Command {
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var prefixes = PrefixTable(columns: [.prefix4], options: table, output: context.output)
    try context.ask { (client) throws(JoolError) in
      try client.forEachDenylist4Entry { (page) throws(JoolError) in
        prefixes.write(page.map { [PrefixTable.Cell($0)] })
      }
    }
    prefixes.finish()
  }
}
