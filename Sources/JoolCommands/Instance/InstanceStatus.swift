import JoolCore

/// `instance status`: whether the instance exists. That it does not is an answer, not a failure.
struct InstanceStatus: Command {
  var syntax: Syntax<Self> { Syntax() }

  func run(in context: CommandContext) throws(CommandFailure) {
    do throws(CommandFailure) {
      if try context.ask({ (client) throws(JoolError) in try client.instanceIsRunning() }) {
        context.output.print("Running")
      } else {
        context.output.print("Dead\n(Instance '\(context.instanceName)' does not exist.)")
      }
    } catch {
      context.output.print(error == .module(.moduleNotLoaded) ? "Dead" : "Status unknown")
      throw error
    }
  }
}
