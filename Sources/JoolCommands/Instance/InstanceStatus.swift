import JoolCore

/// `instance status`: prints whether the instance exists.
///
/// If it does not, the exit status still means success.
struct InstanceStatus: Command {
  var json = false

  var syntax: Syntax<Self> { Syntax(options: [Syntax.json(\.json)]) }

  func run(in context: CommandContext) throws(CommandFailure) {
    do throws(CommandFailure) {
      if try isRunning(in: context) {
        show("Running", in: context)
      } else {
        show("Dead", remark: "\n(Instance '\(context.instanceName)' does not exist.)", in: context)
      }
    } catch {
      show(error == .module(.moduleNotLoaded) ? "Dead" : "Status unknown", in: context)
      throw error
    }
  }

  /// Whether the module or, if it does not have the instance, the program that serves the instance's socket has it.
  private func isRunning(in context: CommandContext) throws(CommandFailure) -> Bool {
    if try context.ask({ (client) throws(JoolError) in try client.instanceIsRunning() }) { return true }
    guard context.socket == nil, context.translator == .nat64, let name = InstanceName(context.instanceName),
      let path = context.module.socketPath(name)
    else { return false }
    var context = context
    context.socket = path
    return try context.ask { (client) throws(JoolError) in try client.instanceIsRunning() }
  }

  private func show(_ status: String, remark: String = "", in context: CommandContext) {
    guard json else { return context.output.print(status + remark) }
    let words = ["Running": "running", "Dead": "dead"]
    context.output.print(
      JSONValue.object([
        ("instance", .string(context.instanceName)), ("status", .string(words[status] ?? "unknown")),
      ]).text())
  }
}
