import JoolCore

/// `pool4 add`: adds transport addresses that may mask IPv6 nodes (replace their source addresses).
struct Pool4Add: Command {
  var target = Pool4Target()
  var iterations = MaxIterations.unset
  var force = false

  /// The shortest prefix length that needs no `--force`.
  ///
  /// Shorter prefixes hold more addresses than pool4 usually needs.
  private static let shortestUnforcedPrefix = 24

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocols(\.target.proto, "Add the entry to", defaultsToTCP: false) + [
        .value(
          "mark", "INT",
          "In the IPv6 to IPv4 direction, only packets carrying this mark will match this pool4 entry"
        ) { (command, text) throws(ArgumentError) in command.target.mark = try UInt32(argument: text) },
        .value(
          "max-iterations", "(INT|auto|infinity)",
          """
          Maximum number of times the transport address lookup algorithm should be allowed to iterate \
          (This algorithm is used to find an available transport address to create a BIB entry with)
          """,
          suggestions: ["auto", "infinity"]
        ) { (command, text) throws(ArgumentError) in command.iterations = try MaxIterations(argument: text) },
        Syntax.force(\.force),
      ],
      arguments: "IP4PREFIX PORT_RANGE"
    ) { (command, text) throws(ArgumentError) in
      try command.target.take(text, acceptsProtocolWord: true)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let prefix = target.prefix, let ports = target.ports, let proto = target.proto.chosen else {
      let missing = [
        target.prefix == nil ? "an IPv4 prefix or address" : nil,
        target.ports == nil ? "a port (or ICMP id) range" : nil,
        target.proto.chosen == nil ? "a protocol (--tcp, --udp or --icmp)" : nil,
      ]
      throw .invalid(.missing(missing.compactMap(\.self)))
    }
    guard force || prefix.length >= Self.shortestUnforcedPrefix else { throw .invalid(.manyAddresses) }
    guard proto == .icmp || ports != PortRange(0, 0) else {
      throw .invalid(.portZero(protocolName: proto.description))
    }
    let entry = Pool4Entry(mark: target.mark, proto: proto, prefix: prefix, ports: ports, iterations: iterations)
    try context.ask { (client) throws(JoolError) in try client.addPool4(entry, force: force) }
  }
}

extension MaxIterations {
  /// Reads `auto`, `infinity` or a number.
  init(argument text: String) throws(ArgumentError) {
    self = if let iterations = Self(text) { iterations } else { .fixed(try UInt32(argument: text)) }
  }
}
