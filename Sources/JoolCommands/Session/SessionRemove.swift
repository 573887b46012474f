import JoolCore
import JoolDaemon
import JoolSession
import SystemPackage

/// `session remove`: ends the sessions that fit a filter, with everything else of their mappings.
///
/// If a proxy runs, it ends them on all nodes of the group. Otherwise the module removes the mappings. Exit status: 0 if
/// everything that fits was removed, or would be with `--dry-run`.
struct SessionRemove: Command {
  var selection = RowSelection()
  var all = false
  var dryRun = false
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Search") + Syntax.clients(\.selection, "sessions")
        + Syntax.sessionCriteria(\.selection)
        + [
          .flag("all", "Remove all mappings that fit, not only one") { $0.all = true },
          .flag("dry-run", "Print what would end, and end nothing") { $0.dryRun = true },
          Syntax.json(\.json),
        ] + Syntax.refusingOrder(because: "sessions are removed together."))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let filter = try selection.checked().filter
    guard filter.isSelective else { throw .invalid(.refusedOption(Self.emptyFilter)) }
    var client = try context.client()
    var report = RemovalReport(isDry: dryRun)
    try client.ask { (client) throws(JoolError) in
      report.mappings = []
      try client.findMappings(filter) { entry, sessions in
        report.mappings.append(RemovalReport.Mapping(entry: entry, sessions: sessions, filter: filter))
      }
    }
    guard !report.mappings.isEmpty else { throw .removal(.nothingFits(filter.possibleProtocols)) }
    let removable = report.removable.map(\.entry)
    guard removable.count <= 1 || all else {
      report.isDry = true
      report.print(asJSON: json, to: context.output)
      throw .removal(.needsAll(removable.count))
    }
    var failure: CommandFailure?
    if !dryRun, !removable.isEmpty {
      do throws(CommandFailure) {
        try remove(removable, through: &client, in: context) { report.note($0) }
      } catch { failure = error }
    }
    report.print(asJSON: json, to: context.output)
    if let failure { throw failure }
    if removable.isEmpty { throw .removal(.onlyStatic(report.mappings.count)) }
    if report.isAlone, !dryRun { context.messages.note(Self.isAlone(client.instance)) }
  }

  private static let emptyFilter = """
    session remove needs a criterion besides the protocol: --source6, --source4, --destination4, --state, \
    --expires-under or --expires-over.
    """

  private static func isAlone(_ instance: InstanceName) -> String {
    """
    No session proxy of instance '\(instance)' runs here, so only this module has removed them. \
    Other NAT64s that have these sessions keep them.
    """
  }

  /// Removes mappings, and calls `done` with the outcome of each request.
  private func remove(
    _ entries: [BIBEntry], through client: inout TranslatorClient, in context: CommandContext,
    _ done: (RemovalReport.Part) -> Void
  ) throws(CommandFailure) {
    var rest = entries[...]
    while !rest.isEmpty {
      let part = Array(rest.prefix(ProxyControl.maxRemovals))
      rest = rest.dropFirst(part.count)
      let outcome = try askGroup(to: part, through: client, in: context)
      if outcome?.module != .removes, outcome?.module != RemovalOutcome.Module.none {
        try removeInModule(part, through: &client)
      }
      done(RemovalReport.Part(count: part.count, outcome: outcome))
    }
  }

  /// Has the proxy or the mirror remove mappings for the group.
  ///
  /// Returns `nil` if only the module can be asked.
  private func askGroup(
    to entries: [BIBEntry], through client: borrowing TranslatorClient, in context: CommandContext
  ) throws(CommandFailure) -> RemovalOutcome? {
    guard context.snapshot == nil else { return nil }
    let isMirror = client.transport.socketPath != nil
    let outcome: RemovalOutcome?
    do throws(ProxyControl.Failure) {
      outcome = try context.proxy.remove(isMirror ? .mirror : .proxy, client.instance, entries)
    } catch {
      throw .proxyFailed(error)
    }
    if outcome == nil, isMirror { throw .noMirror(group: client.instance) }
    return outcome
  }

  private func removeInModule(_ entries: [BIBEntry], through client: inout TranslatorClient) throws(CommandFailure) {
    try client.ask { (client) throws(JoolError) in
      for entry in entries {
        do throws(JoolError) {
          try client.removeBIB(BIBSelector(proto: entry.proto, source6: entry.source6, source4: entry.source4))
        } catch .refused(.noSuchProcess, _) {
          // It has ended meanwhile.
        }
      }
    }
  }
}
