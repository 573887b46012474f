import JoolCore

/// `eamt flush`: removes all explicit address mappings.
struct EAMTFlush: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    try context.ask { (client) throws(JoolError) in try client.flushEAMT() }
  }
}
