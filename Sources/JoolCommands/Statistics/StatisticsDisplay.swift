import JoolCore

/// `stats display`: prints the instance's counters.
struct StatisticsDisplay: Command {
  var all = false
  var explain = false
  var table = TableOptions()

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        .flag("all", letter: "a", "Do not filter out zero stats") { $0.all = true },
        .flag("explain", letter: "e", "Print a description of what each stat means") { $0.explain = true },
      ] + Syntax.table(\.table))
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    var client = try context.client()
    let statistics = try client.ask { (client) throws(JoolError) in try client.statistics() }
    let shown = statistics.filter { all || $0.value != 0 }
    StatisticsPrinter(options: table, explains: explain).write(shown, to: context.output)
    if shown.contains(where: { $0.name == nil }) {
      context.messages.warn(
        """
        Unknown stat. Other stats might be mislabeled.
        Kernel module version is \(client.module), userspace client is \(ProgramIdentity.version).
        """)
    }
  }
}
