import JoolCore

/// `instance flush`: removes the instances of this network namespace.
struct InstanceFlush: Command {
  var syntax: Syntax<Self> { Syntax() }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client(instance: InstanceName.default.description)
    try client.ask { (client) throws(JoolError) in try client.flushInstances() }
  }
}
