import JoolCore

/// `bib remove`: removes the binding that has the given transport address, or both given addresses.
struct BIBRemove: Command {
  var proto = ProtocolChoice()
  var pair = TransportAddressPair()

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocols(\.proto, "Remove the entry from"), arguments: "IP6ADDR#PORT IP4ADDR#PORT"
    ) { (command, text) throws(ArgumentError) in
      try command.pair.take(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard pair != TransportAddressPair() else { throw .invalid(.missing(["at least one transport address"])) }
    let selector = BIBSelector(proto: proto.orTCP, source6: pair.ipv6, source4: pair.ipv4)
    try context.ask { (client) throws(JoolError) in try client.removeBIB(selector) }
  }
}
