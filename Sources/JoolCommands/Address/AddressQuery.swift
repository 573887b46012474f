import JoolCore

/// `address query`: prints the address that an address is translated to.
struct AddressQuery: Command {
  var query: AnyIPAddress?
  var verbose = false
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        .flag("verbose", letter: "v", "Print more details about the translation") { $0.verbose = true },
        Syntax.json(\.json),
      ],
      arguments: "IPADDR"
    ) { (command, text) throws(ArgumentError) in
      guard command.query == nil else { throw .tooManyArguments }
      command.query = try AnyIPAddress(argument: text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let query else { throw .invalid(.missing(["an IP address"])) }
    let translation = try context.ask { (client) throws(JoolError) in
      switch query {
      case .v4(let address): try client.translate(address)
      case .v6(let address): try client.translate(address)
      }
    }
    let report = TranslationReport(query: query, translation: translation)
    if json {
      context.output.print(report.json.text(expanding: 1))
      return
    }
    context.output.print(verbose ? report.verbose : report.result)
  }
}

extension AnyIPAddress {
  /// Reads an address of either family: IPv6 addresses have colons, IPv4 addresses have dots.
  init(argument text: String) throws(ArgumentError) {
    if text.contains(":") {
      self = .v6(try IPv6Address(argument: text))
    } else if text.contains(".") {
      self = .v4(try IPv4Address(argument: text))
    } else {
      throw .notAddress(text, .either)
    }
  }
}
