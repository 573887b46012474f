import JoolCore

/// `session count`: prints the number of sessions that fit a filter, of each chosen protocol, or of all protocols if
/// none is chosen.
struct SessionCount: Command {
  var selection = RowSelection()
  var table = TableOptions()

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Count the sessions of") + Syntax.table(\.table)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection)
        + [Syntax.limit(\.selection, "Stop counting a table at N")]
        + Syntax.refusingOrder(because: "a number has no order. Use it with session display."))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let selection = try selection.checked()
    var counts: [(proto: L4Protocol, count: UInt64)] = []
    var client = try context.client()
    for proto in selection.filter.possibleProtocols {
      var filter = selection.filter
      filter.protocols = [proto]
      var count: UInt64 = 0
      try client.ask { (client) throws(JoolError) in
        try client.forEachSession(matching: filter, limit: selection.maxRows) { count += UInt64($0.count) }
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
