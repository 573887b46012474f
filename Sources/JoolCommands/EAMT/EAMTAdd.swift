import JoolCore

/// `eamt add`: adds an explicit address mapping.
struct EAMTAdd: Command {
  var pair = PrefixPair()
  var force = false

  var syntax: Syntax<Self> {
    Syntax(options: [Syntax.force(\.force)], arguments: "IP6PREFIX IP4PREFIX") {
      (command, text) throws(ArgumentError) in
      try command.pair.take(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let prefix6 = pair.ipv6, let prefix4 = pair.ipv4 else {
      let missing = [pair.ipv6 == nil ? "an IPv6 prefix" : nil, pair.ipv4 == nil ? "an IPv4 prefix" : nil]
      throw .invalid(.missing(missing.compactMap(\.self)))
    }
    try context.ask { (client) throws(JoolError) in
      try client.addEAM(EAMEntry(prefix6: prefix6, prefix4: prefix4), force: force)
    }
  }
}

/// The two prefixes of a mapping, in either order.
struct PrefixPair: Hashable, Sendable {
  var ipv6: IPv6Prefix?
  var ipv4: IPv4Prefix?

  /// Stores a positional argument: IPv6 prefixes have colons, IPv4 prefixes have dots.
  mutating func take(_ text: String) throws(ArgumentError) {
    if text.contains(":") {
      try ipv6.fill(IPPrefix(argument: text))
    } else if text.contains(".") {
      try ipv4.fill(IPPrefix(argument: text))
    } else if ipv4 == nil || ipv6 == nil {
      throw .notAddress(text, .either)
    } else {
      throw .tooManyArguments
    }
  }
}
