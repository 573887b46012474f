import JoolCore

/// `session find`: prints the bindings of an address, each with its sessions.
struct SessionFind: Command {
  var request = FindRequest()
  var table = TableOptions()

  var syntax: Syntax<Self> { .find(\.request, \.request.protocols, \.table) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var printer = FindingPrinter(options: table, in: context)
    do throws(CommandFailure) {
      try request.run(in: context, wantsSessions: true) { printer.write($0) }
    } catch {
      if case .nothingFound = error { printer.finish() }
      throw error
    }
    printer.finish()
  }
}
