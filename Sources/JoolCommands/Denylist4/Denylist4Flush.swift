import JoolCore

/// `denylist4 flush`: removes all prefixes.
struct Denylist4Flush: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    try context.ask { (client) throws(JoolError) in try client.flushDenylist4() }
  }
}
