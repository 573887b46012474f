import JoolCore

/// `session advertise`: asks the module to multicast its whole session table.
struct SessionAdvertise: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    try context.ask { (client) throws(JoolError) in try client.advertise() }
  }
}
