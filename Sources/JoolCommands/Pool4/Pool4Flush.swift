import JoolCore

/// `pool4 flush`: removes the entries of all protocols from pool4.
struct Pool4Flush: Command {
  var quick = false

  var syntax: Syntax<Self> { Syntax(options: [Syntax.quick(\.quick)]) }

  func run(in context: CommandContext) throws(CommandFailure) {
    try context.ask { (client) throws(JoolError) in try client.flushPool4(quick: quick) }
  }
}
