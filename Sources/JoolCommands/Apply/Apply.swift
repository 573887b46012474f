import JoolCore

/// `apply FILE`: makes the running instance that of a file by the fewest changes, and keeps its sessions.
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
      report.showAll(areMade: false)
      throw .apply(.needsRecreation)
    }
    if dryRun { report.showAll(areMade: false) } else { try make(plan, through: &client, &report) }
    if !plan.difference.changes.isEmpty { throw .changed }
  }

  private func make(
    _ plan: ApplyPlan, through client: inout TranslatorClient, _ report: inout ApplyReport
  ) throws(CommandFailure) {
    let changes = plan.difference.changes
    switch plan.difference.method {
    case .update:
      for (index, change) in changes.enumerated() {
        do throws(JoolError) {
          guard try client.make(change, force: force) else {
            // An SIIT has no sessions, and `file handle` replaces all of it in one transaction.
            try client.replace(with: plan.file.configuration, force: force)
            for rest in changes[index...] { report.show(rest, isMade: true) }
            return
          }
        } catch {
          throw .apply(.change(change, made: index, of: changes.count, error))
        }
        report.show(change, isMade: true)
      }
    case .create, .recreate:
      var isRemoved = false
      do throws(JoolError) {
        if plan.difference.method == .recreate {
          try client.removeInstance()
          isRemoved = true
        }
        try client.replace(with: plan.file.configuration, force: force)
      } catch {
        throw .apply(.creation(error, isRemoved: isRemoved))
      }
      report.showAll(areMade: true)
    }
  }
}
