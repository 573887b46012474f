import JoolCore

/// `pool4 remove`: removes transport addresses, and the BIB entries that use them unless `--quick` is given.
struct Pool4Remove: Command {
  var target = Pool4Target()
  var quick = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocols(\.target.proto, "Remove the entry from") + [
        .value("mark", "INT", "Only remove entries that match this mark") {
          (command, text) throws(ArgumentError) in command.target.mark = try UInt32(argument: text)
        },
        Syntax.quick(\.quick),
      ],
      arguments: "IP4PREFIX PORT_RANGE"
    ) { (command, text) throws(ArgumentError) in
      try command.target.take(text, acceptsProtocolWord: true)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let prefix = target.prefix else { throw .invalid(.missing(["an IPv4 prefix or address"])) }
    let entry = Pool4Entry(
      mark: target.mark, proto: target.proto.orTCP, prefix: prefix, ports: target.ports ?? .all)
    try context.ask { (client) throws(JoolError) in try client.removePool4(entry, quick: quick) }
  }
}
