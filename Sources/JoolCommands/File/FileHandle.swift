import JoolCore

/// `file handle`: atomically replaces the configuration of an instance with that of a file.
struct FileHandle: Command {
  var path: String?
  var force = false

  var syntax: Syntax<Self> {
    Syntax(options: [Syntax.force(\.force)], arguments: "STR", completion: .none, argumentKind: .file) {
      (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    var client = try context.client()
    let file = try ConfigurationFile(path: path, in: context)
    client.instance = file.instance
    if let key = file.configuration.globals.map(\.key).first(where: { [module = client.module] in $0.since > module }) {
      throw .keyTooNew(key, module: client.module)
    }
    try client.ask { (client) throws(JoolError) in try client.replace(with: file.configuration, force: force) }
  }
}
