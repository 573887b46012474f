import JoolCore

/// `eamt remove`: removes the mapping that has the given prefix, or both given prefixes.
///
/// The module requires both, so a missing one is looked up in the table.
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
    let entry = try entry(in: &client)
    try client.ask { (client) throws(JoolError) in
      try client.removeEAM(EAMSelector(prefix6: .prefix(entry.prefix6), prefix4: .prefix(entry.prefix4)))
    }
  }

  /// The mapping with both prefixes.
  ///
  /// Throws `CommandFailure.noMapping` if the table has none with the given prefix.
  private func entry(in client: inout TranslatorClient) throws(CommandFailure) -> EAMEntry {
    if let prefix6 = pair.ipv6, let prefix4 = pair.ipv4 { return EAMEntry(prefix6: prefix6, prefix4: prefix4) }
    var found: EAMEntry?
    try client.ask { (client) throws(JoolError) in
      try client.forEachEAM { (page) throws(JoolError) in
        found = found ?? page.first { $0.prefix6 == pair.ipv6 || $0.prefix4 == pair.ipv4 }
      }
    }
    guard let found else {
      throw .noMapping(prefix: pair.ipv6?.description ?? pair.ipv4?.description ?? "")
    }
    return found
  }
}
