import JoolCore
import JoolDaemon
import JoolSession

/// `session diff A B`: prints the sessions that are not the same in two tables.
///
/// Both tables are compared as of the later one's time, so sessions of the earlier one that have expired until then are
/// no differences. Exit status: 0 if they are equal, 1 if they differ, 2 on trouble.
struct SessionDiff: Command {
  var sources: [String] = []
  var selection = RowSelection()
  var tolerance: Milliseconds?
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Compare only", letters: false)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection)
        + [
          .value("tolerance", "TIME", "Also print sessions whose times left differ by more than this: 5s, 1m") {
            (command, text) throws(ArgumentError) in
            command.tolerance = try Milliseconds(argument: text, option: "tolerance")
          },
          Syntax.json(\.json),
        ] + Syntax.refusingOrder(because: "tables are compared in the module's order. Use it with session display."),
      arguments: "A B", completion: .none, argumentKind: .file
    ) { (command, text) throws(ArgumentError) in
      guard command.sources.count < 2 else { throw .tooManyArguments }
      command.sources.append(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let isDifferent: Bool
    do throws(CommandFailure) { isDifferent = try compare(in: context) } catch { throw .comparison(error) }
    if isDifferent { throw .different }
  }

  /// Compares the tables.
  /// - Returns: whether they differ.
  private func compare(in context: CommandContext) throws(CommandFailure) -> Bool {
    guard sources.count == 2 else {
      throw .invalid(
        .missing(["two tables: files of `session save`, sockets of mirrors, or 'running' for the instance"]))
    }
    let filter = try selection.checked().filter
    let (left, right) = (try SessionSource(sources[0]).load(), try SessionSource(sources[1]).load())
    let moments = (left.moment, right.moment)
    var first = try left.client(at: moments.1, in: context)
    var second = try right.client(at: moments.0, in: context)
    let pools = (try Self.pool6(of: &first), try Self.pool6(of: &second))
    if let old = pools.0, let new = pools.1, old != new { throw .sessionFile(.differentPool6(old, new)) }
    let header = zip(["---", "+++"], zip(sources, [moments.0, moments.1])).map { sign, source in
      "\(sign) \(source.0)\t\(TimeText.utc(source.1.timeOfDay))"
    }
    var printer = DifferencePrinter(isJSON: json, header: header, output: context.output)
    var firstList = TableSearch<SessionEntry>(filter)
    var secondList = firstList
    do throws(JoolError) {
      try SessionComparison(tolerance: tolerance).run(
        { () throws(JoolError) in try firstList.next(from: &first) },
        { () throws(JoolError) in try secondList.next(from: &second) },
        { printer.write($0) })
    } catch {
      throw .module(error)
    }
    printer.finish()
    return printer.hasPrinted
  }

  private static func pool6(of client: inout TranslatorClient) throws(CommandFailure) -> IPv6Prefix? {
    try client.ask { (client) throws(JoolError) in try client.globals().prefix6(.pool6) }
  }
}
