import JoolCore

/// `denylist4 add`: adds a prefix whose addresses must not be translated.
struct Denylist4Add: Command {
  var prefix: IPv4Prefix?
  var force = false

  var syntax: Syntax<Self> {
    Syntax(options: [Syntax.force(\.force)], arguments: "IP4PREFIX") { (command, text) throws(ArgumentError) in
      try command.prefix.fill(IPPrefix(argument: text))
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let prefix else { throw .invalid(.missing(["an IPv4 prefix"])) }
    try context.ask { (client) throws(JoolError) in try client.addDenylist4(prefix, force: force) }
  }
}
