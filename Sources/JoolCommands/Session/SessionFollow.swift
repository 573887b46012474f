import JoolCore

/// `session follow`: prints sessions as the instance announces them, for ever.
struct SessionFollow: Command {
  var syntax: Syntax<Self> { Syntax(completion: .none) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client()
    try SynchronizationCheck.run(on: &client, in: context)
  }
}
