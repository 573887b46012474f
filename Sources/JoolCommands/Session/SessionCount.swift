import JoolCore

/// `session count`: prints the number of sessions in each chosen table, or in all tables if none is chosen.
struct SessionCount: Command {
  var protocols: Set<L4Protocol> = []
  var table = TableOptions()

  var syntax: Syntax<Self> {
    Syntax(options: Syntax.protocolSet(\.protocols, "Count the sessions of") + Syntax.table(\.table))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    var counts: [(proto: L4Protocol, count: UInt64)] = []
    var client = try context.client()
    for proto in L4Protocol.allCases where protocols.isEmpty || protocols.contains(proto) {
      var count: UInt64 = 0
      try client.ask { (client) throws(JoolError) in
        try client.forEachSession(of: proto) { count += UInt64($0.count) }
      }
      counts.append((proto, count))
    }
    switch table.format {
    case .console:
      for (proto, count) in counts { context.output.print("\(proto): \(count)") }
    case .csv:
      if !table.noHeaders { context.output.print("Protocol,Sessions") }
      for (proto, count) in counts { context.output.print("\(proto),\(count)") }
    case .json:
      context.output.print(JSONValue.object(counts.map { ($0.proto.description, .number($0.count)) }).text())
    }
  }
}
