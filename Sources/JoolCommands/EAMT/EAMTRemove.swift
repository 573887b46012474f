import JoolCore

/// `eamt remove`: by either prefix of the mapping, or by both.
///
/// The module insists on both, so the table is asked for the missing one.
struct EAMTRemove: Command {
  var pair = PrefixPair()

  var syntax: Syntax<Self> {
    Syntax(arguments: "IP6PREFIX IP4PREFIX") { (command, text) throws(ArgumentError) in
      try command.pair.take(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard pair != PrefixPair() else { throw .invalid(.missing(["a prefix"])) }
    var client = try context.client()
    let prefix6 = pair.ipv6
    let prefix4 = pair.ipv4
    var found: EAMEntry?
    if prefix6 == nil || prefix4 == nil {
      try client.ask { (client) throws(JoolError) in
        try client.forEachEAM { (page) throws(JoolError) in
          found = found ?? page.first { $0.prefix6 == prefix6 || $0.prefix4 == prefix4 }
        }
      }
    }
    let selector = EAMSelector(
      prefix6: Self.choice(prefix6 ?? found?.prefix6), prefix4: Self.choice(prefix4 ?? found?.prefix4))
    try client.ask { (client) throws(JoolError) in try client.removeEAM(selector) }
  }

  private static func choice<Address>(_ prefix: IPPrefix<Address>?) -> PrefixChoice<Address> {
    if let prefix { .prefix(prefix) } else { .absent }
  }
}
