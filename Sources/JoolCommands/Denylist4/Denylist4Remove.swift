import JoolCore

/// `denylist4 remove`: removes a prefix.
struct Denylist4Remove: Command {
  var prefix: IPv4Prefix?

  var syntax: Syntax<Self> {
    Syntax(arguments: "IP4PREFIX") { (command, text) throws(ArgumentError) in
      try command.prefix.fill(IPPrefix(argument: text))
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let prefix else { throw .invalid(.missing(["an IPv4 prefix"])) }
    try context.ask { (client) throws(JoolError) in try client.removeDenylist4(prefix) }
  }
}
