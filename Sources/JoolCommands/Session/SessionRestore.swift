import JoolCore
import JoolDaemon
import JoolSession

/// `session restore FILE`: gives the instance the sessions of a file that it does not have.
///
/// The sessions that it has are left as they are. Exit status: 0 if each session of the file that has not expired is
/// there now.
struct SessionRestore: Command {
  var path: String?
  var json = false

  var syntax: Syntax<Self> {
    Syntax(options: [Syntax.json(\.json)], arguments: "FILE", completion: .none, argumentKind: .file) {
      (command, text) throws(ArgumentError) in try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    let saved = try SnapshotFile(path: path).saved()
    var client = try context.client()
    let globals = try client.ask { (client) throws(JoolError) in try client.globals() }
    if let pool6 = globals.prefix6(.pool6), pool6 != saved.snapshot.pool6 {
      throw .sessionFile(.otherPool6(file: saved.snapshot.pool6, instance: pool6))
    }
    guard globals.boolean(.ssEnabled) == true else { throw .sessionFile(.disabled(instance: client.instance)) }
    let moment = SnapshotMoment.now
    let elapsed = saved.snapshot.taken.elapsed(to: moment)
    if elapsed == .clockIsBehind {
      context.messages.warn(
        "The system's clock is earlier than when the sessions were saved, so they may be kept for too long.")
    }
    if saved.snapshot.group != client.instance {
      context.messages.note("The file is of instance '\(saved.snapshot.group)', and this is '\(client.instance)'.")
    }
    var run = RestoreRun(saved, at: moment, own: SessionLimits(globals: globals), in: context)
    var report = RestoreReport(
      path: path, snapshot: saved.snapshot, instance: client.instance, age: elapsed.milliseconds)
    try run.compare(with: &client)
    run.give(to: &client)
    try run.readBack(from: &client)
    (report.counts, report.isInterrupted, report.refusal) = (run.counts, run.isInterrupted, run.failure)
    context.output.print(json ? report.json.text() : report.text)
    noteProxy(of: client.instance, report, in: context)
    if report.isIncomplete { throw .sessionFile(.incomplete(report)) }
  }

  /// A running proxy does not see sessions that are given to the module.
  private func noteProxy(of instance: InstanceName, _ report: RestoreReport, in context: CommandContext) {
    guard report.counts.stored > 0, (try? context.proxy.status(instance)) != nil else { return }
    context.messages.note(
      """
      The session proxy of instance '\(instance)' has not read the restored sessions yet. \
      `\(context.programName) -i \(instance) session advertise` sends them to its peers.
      """)
  }
}
