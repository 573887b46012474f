import JoolCore

/// `apply FILE`: makes the running instance that of a file and keeps its sessions.
///
/// Prints each change after it was made. Exit status: 0 if there was nothing to change, 2 if something was (or, with
/// `--dry-run`, would be) changed, 1 if it failed.
struct Apply: Command {
  var path: String?
  var dryRun = false
  var recreate = false
  var force = false
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        .flag("dry-run", "Print the changes without making them") { $0.dryRun = true },
        .flag(
          "recreate",
          "Remove the instance with its sessions, and create it anew, if the file has another framework or pool6"
        ) { $0.recreate = true },
        Syntax.force(\.force),
        Syntax.json(\.json),
      ], arguments: "FILE", completion: .none, argumentKind: .file
    ) { (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    do throws(CommandFailure) { try apply(in: context) } catch {
      switch error {
      case .apply, .changed: throw error
      default: throw .apply(.unchanged(error))
      }
    }
  }

  private func apply(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    var client = try context.client()
    let plan = try ApplyPlan(path: path, client: &client, force: force, in: context)
    var report = ApplyReport(plan: plan, isDry: dryRun, isJSON: json, output: context.output)
    defer { report.finish() }
    if plan.difference.method == .recreate, !recreate {
      report.show(plan.difference.changes, areMade: false)
      throw .apply(.needsRecreation)
    }
    for step in plan.difference.steps {
      if !dryRun {
        do throws(JoolError) { try client.carryOut(step.action, force: force) } catch {
          throw .apply(.step(step, made: report.madeCount, of: plan.difference.changes.count, error))
        }
      }
      report.show(step.changes, areMade: !dryRun)
    }
    if !plan.difference.steps.isEmpty { throw .changed }
  }
}

extension JoolClient where Transport == AnyTransport {
  /// Carries out a step in the client's instance.
  ///
  /// Blocks until the module has answered the last request.
  /// - Throws: The errors that all calls have in common.
  /// - `force`: whether to skip the module's optional checks.
  fileprivate mutating func carryOut(
    _ action: ConfigurationDifference.Step.Action, force: Bool
  ) throws(JoolError) {
    switch action {
    case .removeBIB(let entry):
      try removeBIB(BIBSelector(proto: entry.proto, source6: entry.source6, source4: entry.source4))
    case .update(let settings): try update(settings, force: force)
    case .replace(let configuration): try replace(with: configuration, force: force)
    case .recreate(let configuration):
      try removeInstance()
      try replace(with: configuration, force: force)
    case .addBIB(let entry): try addBIB(entry)
    }
  }
}
