import Glibc
import JoolCore

/// `session top`: shows who uses the session table and pool4, on a terminal until a key ends it, or as lines.
struct SessionTop: Command {
  var selection = RowSelection()
  var grouping = TopGrouping.source6
  var interval = Milliseconds(2000)
  var isOnce = false
  var json = false
  var numeric = false

  /// The number of groups in a report without a screen, unless `--limit` is given.
  private static let usualLimit = 20
  /// The number of lines about pool4 in a report without a screen.
  private static let poolLimit = 10

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        Syntax.Option.choice(
          "by", "Group sessions by \(TopGrouping.allCases.map(\.rawValue).joined(separator: ", "))", noun: "grouping",
          of: TopGrouping.allCases, \.grouping
        ).unabbreviated,
        Syntax.limit(\.selection, "Print at most N groups"),
        Syntax.interval(\.interval),
        Syntax.Option.flag("once", "Print one report, and end") { $0.isOnce = true }.unabbreviated,
        Syntax.json(\.json), Syntax.numeric(\.numeric),
      ] + Syntax.protocolSet(\.selection.filter.protocols, "Count the sessions of", letters: false).map(\.unabbreviated)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection)
        + Syntax.refusingOrder(because: "groups have an order of their own. Press s on a terminal to change it."))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    var controls = TopControls()
    controls.selection = try selection.checked()
    controls.grouping = grouping
    controls.usesNames = !numeric
    let client = try context.client()
    if !isOnce, !json, let terminal = Terminal() {
      try show(controls, client, terminal, in: context)
    } else {
      try print(controls, client, in: context)
    }
  }

  private func show(
    _ controls: TopControls, _ client: consuming TranslatorClient, _ terminal: consuming Terminal,
    in context: CommandContext
  ) throws(CommandFailure) {
    var view = try TopLive(self, controls, client, terminal: terminal, in: context)
    let end = try view.run()
    if case .signal(let number) = end { Signals.suffer(number) }
  }

  /// Prints a report for each interval.
  private func print(
    _ controls: TopControls, _ client: consuming TranslatorClient, in context: CommandContext
  ) throws(CommandFailure) {
    var timeline = TopTimeline(interval: interval)
    let proxy = ProxyWatch(client.instance, context.proxy, isSocket: client.transport.socketPath != nil)
    while true {
      timeline.begin(controls)
      var isComplete = false
      while !isComplete {
        isComplete = try client.ask { (client) throws(JoolError) in try timeline.step(&client) }
      }
      guard let result = timeline.result else { return }
      var report = result.report(
        of: client.instance.description, controls, limit: selection.limit.map(Int.init) ?? Self.usualLimit,
        text: text(controls, result, in: context))
      report.interval = interval
      report.synchronization = proxy.answerNow()
      if json {
        context.output.print(report.json.text())
      } else {
        let lines = TopScreen(report: report).lines(poolLimit: Self.poolLimit)
        context.output.print(lines.joined(separator: "\n") + (isOnce ? "" : "\n"))
      }
      guard !isOnce else { return }
      context.output.flush()
      if let errno = context.output.failure { throw .output(errno) }
      poll(nil, 0, Int32(clamping: Milliseconds(timeline.pause).rawValue))
    }
  }

  /// The texts of the groups of a report without a screen.
  ///
  /// Names are looked up first; those in JSON are numbers.
  private func text(
    _ controls: TopControls, _ result: TopResult, in context: CommandContext
  ) -> (UInt128) -> String {
    guard !numeric, !json else { return grouping.text }
    let names = EndpointNames(numeric: false, in: context)
    let limit = selection.limit.map(Int.init) ?? Self.usualLimit
    names.prepare(result.summary.top(limit, by: controls.order).compactMap { grouping.address(of: $0.key) })
    return { [grouping] key in
      let text = grouping.text(of: key)
      if let port = grouping.port(of: key) { return text + (context.names.service(port).map { " " + $0 } ?? "") }
      guard let address = grouping.address(of: key) else { return text }
      if case .names(let host, _) = names.endpoint(address, 0, .icmp) { return host }
      return text
    }
  }
}

extension Syntax {
  /// `--interval`.
  static func interval(_ path: any WritableKeyPath<Operation, Milliseconds> & Sendable) -> Option {
    Option.value("interval", "SECONDS", "Seconds from one reading to the next (default 2)") {
      (operation, text) throws(ArgumentError) in
      let time = try Milliseconds(argument: text, option: "interval")
      guard time >= Milliseconds(100) else {
        throw .badValue(text, option: "interval", remedy: "write at least a tenth of a second: 0.1, 2, 30.")
      }
      operation[keyPath: path] = time
    }.unabbreviated
  }
}
