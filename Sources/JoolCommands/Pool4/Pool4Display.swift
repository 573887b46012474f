import JoolCore

/// `pool4 display`: prints the IPv4 transport addresses of one protocol.
struct Pool4Display: Command {
  var proto = ProtocolChoice()
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.protocols(\.proto, "Print") + Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var pool: any RowWriter<Pool4Entry> =
      table.format == .json
      ? JSONRows(output: context.output) : Pool4Printer(options: table, output: context.output)
    try context.ask { (client) throws(JoolError) in
      try client.forEachPool4Entry(of: proto.orTCP) { (page) throws(JoolError) in pool.write(page) }
    }
    pool.finish()
  }
}
