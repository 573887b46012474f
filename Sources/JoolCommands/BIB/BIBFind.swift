import JoolCore

/// `bib find`: prints the bindings of an address.
struct BIBFind: Command {
  var request = FindRequest()
  var table = TableOptions()

  var syntax: Syntax<Self> { .find(\.request, \.request.protocols, \.table) }

  func run(in context: CommandContext) throws(CommandFailure) {
    let names = EndpointNames(numeric: true, in: context)
    var bindings: any RowWriter<BIBEntry> =
      table.format == .json
      ? JSONRows(output: context.output) : BIBPrinter(options: table, names: names, output: context.output)
    do throws(CommandFailure) {
      try request.run(in: context, wantsSessions: false) { finding in
        if case .binding(let entry) = finding { bindings.write([entry]) }
      }
    } catch {
      if case .nothingFound = error {
        bindings.write([])
        bindings.finish()
      }
      throw error
    }
    bindings.finish()
  }
}
