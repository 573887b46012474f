import JoolCore

/// `bib add`: adds a static binding.
struct BIBAdd: Command {
  var proto = ProtocolChoice()
  var pair = TransportAddressPair()

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocols(\.proto, "Add the entry to"), arguments: "IP6ADDR#PORT IP4ADDR#PORT"
    ) { (command, text) throws(ArgumentError) in
      try command.pair.take(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let source6 = pair.ipv6, let source4 = pair.ipv4 else {
      let missing = [
        pair.ipv6 == nil ? "an IPv6 transport address" : nil, pair.ipv4 == nil ? "an IPv4 transport address" : nil,
      ]
      throw .invalid(.missing(missing.compactMap(\.self)))
    }
    let entry = BIBEntry(proto: proto.orTCP, source6: source6, source4: source4, isStatic: true)
    try context.ask { (client) throws(JoolError) in try client.addBIB(entry) }
  }
}

/// The IPv6 and the IPv4 transport address of a binding, given in either order.
struct TransportAddressPair: Hashable, Sendable {
  var ipv6: TransportAddress6?
  var ipv4: TransportAddress4?

  /// Stores a positional argument: IPv6 addresses have colons, IPv4 addresses have dots.
  mutating func take(_ text: String) throws(ArgumentError) {
    if text.contains(":") {
      try ipv6.fill(TransportAddress(argument: text))
    } else if text.contains(".") {
      try ipv4.fill(TransportAddress(argument: text))
    } else if ipv4 == nil || ipv6 == nil {
      throw .notAddress(text, .either)
    } else {
      throw .tooManyArguments
    }
  }
}
