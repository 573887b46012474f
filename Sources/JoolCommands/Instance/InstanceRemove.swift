import JoolCore

/// `instance remove`: removes an instance of this network namespace.
struct InstanceRemove: Command {
  var name: String?

  var syntax: Syntax<Self> {
    Syntax(
      arguments: "STR", completion: .options(suggestions: [InstanceName.default.description]),
      argumentKind: .instance
    ) {
      (command, text) throws(ArgumentError) in
      try command.name.fill(InstanceArgument.checked(text))
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client(instance: InstanceArgument.name(name, in: context))
    try client.ask { (client) throws(JoolError) in try client.removeInstance() }
  }
}
