import JoolCore

/// The common parts of 3.5's tables of sessions and of bindings: a heading and a footer for each protocol.
struct LegacyTable {
  var options: TableOptions
  var output: OutputSink

  func start(_ proto: L4Protocol) {
    if !options.csv { output.print("\(proto):") }
  }

  func finish(count: UInt64) {
    guard !options.csv, !options.noHeaders else { return }
    output.print(count == 0 ? "  (empty)" : "  (Fetched \(count) entries.)")
  }
}

/// A session in the form that 3.5 printed.
struct LegacySessionRow {
  var session: SessionEntry
  var names: EndpointNames

  var console: String {
    let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
    let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
    return """
      \(session.proto == .tcp ? "(\(session.state)) " : "")Expires in \
      \(LegacyTimes.friendly(milliseconds: session.expiration.rawValue))
      Remote: \(remote4)\t\(remote6)
      Local: \(session.source4)\t\(session.destination6)
      \(SessionPrinter.separator)
      """
  }

  var csv: String {
    let (local6, local4) = (session.destination6, session.source4)
    let remote6 = names.endpoint(.v6(session.source6.address), session.source6.port, session.proto)
    let remote4 = names.endpoint(.v4(session.destination4.address), session.destination4.port, session.proto)
    return """
      \(session.proto),\(remote6.csv),\(local6.address),\(local6.port),\
      \(local4.address),\(local4.port),\(remote4.csv),\
      \(LegacyTimes.csv(milliseconds: session.expiration.rawValue))\
      \(session.proto == .tcp ? ",\(session.state)" : "")
      """
  }
}

/// `jool --session` and `jool --bib`: prints every chosen table, one after the other.
struct LegacyDisplay {
  var request: LegacyRequest
  var context: CommandContext

  func sessions() throws(CommandFailure) {
    let table = LegacyTable(options: request.table, output: context.output)
    let names = EndpointNames(numeric: request.modifiers.contains(.numeric), in: context)
    defer { names.finish() }
    var client = try context.client()
    for (index, proto) in request.chosenProtocols.enumerated() {
      var count: UInt64 = 0
      try client.ask { (client) throws(JoolError) in
        try client.forEachSession(of: proto) { page in
          if count == 0 { start(table, proto, isFirst: index == 0) }
          names.prepare(
            page.lazy.flatMap { [AnyIPAddress.v6($0.source6.address), .v4($0.destination4.address)] })
          for session in page {
            let row = LegacySessionRow(session: session, names: names)
            context.output.print(table.options.csv ? row.csv : row.console)
          }
          count += UInt64(page.count)
        }
      }
      table.finish(count: count)
      if !table.options.csv, !table.options.noHeaders { context.output.print("") }
    }
  }

  func bindings() throws(CommandFailure) {
    let table = LegacyTable(options: request.table, output: context.output)
    let names = EndpointNames(numeric: request.modifiers.contains(.numeric), in: context)
    defer { names.finish() }
    var client = try context.client()
    var csv = BIBPrinter(options: request.table, names: names, output: context.output)
    for proto in request.chosenProtocols {
      var count: UInt64 = 0
      try client.ask { (client) throws(JoolError) in
        try client.forEachBIBEntry(of: proto) { page in
          if count == 0 { table.start(proto) }
          if table.options.csv {
            csv.write(page)
            csv.printWaiting()
          } else {
            write(page, names)
          }
          count += UInt64(page.count)
        }
      }
      table.finish(count: count)
    }
  }

  private func write(_ page: [BIBEntry], _ names: EndpointNames) {
    names.prepare(page.lazy.map { AnyIPAddress.v6($0.source6.address) })
    for entry in page {
      let node = names.endpoint(.v6(entry.source6.address), entry.source6.port, entry.proto)
      context.output.print("[\(entry.isStatic ? "Static" : "Dynamic")] \(entry.source4) - \(node)")
    }
  }

  private func start(_ table: LegacyTable, _ proto: L4Protocol, isFirst: Bool) {
    table.start(proto)
    if !table.options.csv {
      context.output.print("\(SessionPrinter.separator)")
    } else if isFirst, !table.options.noHeaders {
      context.output.print(SessionPrinter.csvHeader)
    }
  }
}
