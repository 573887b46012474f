import JoolCore

/// `global display`: prints the instance's variables.
///
/// The program without arguments does the same.
struct GlobalDisplay: Command {
  var explains = false
  var table = TableOptions()

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.table(\.table) + [
        .flag("explain", "Explain each variable") { $0.explains = true }.unabbreviated
      ])
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    let settings = try context.ask { (client) throws(JoolError) in try client.globals() }
    let own = settings.filter { $0.key.exists(in: context.translator) }
    GlobalPrinter(options: table, explains: explains).write(own, to: context.output)
  }
}
