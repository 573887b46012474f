import JoolCore

/// `instance display`: prints the instances of the translator type in all network namespaces.
struct InstanceDisplay: Command {
  var table = TableOptions()

  var syntax: Syntax<Self> { Syntax(options: Syntax.table(\.table)) }

  func run(in context: CommandContext) throws(CommandFailure) {
    var instances: any RowWriter<InstanceEntry> =
      table.format == .json
      ? JSONRows(output: context.output) : InstancePrinter(options: table, output: context.output)
    var client = try context.client(instance: InstanceName.default.description)
    try client.ask { (client) throws(JoolError) in
      try client.forEachInstance { (page) throws(JoolError) in instances.write(page) }
    }
    instances.finish()
  }
}
