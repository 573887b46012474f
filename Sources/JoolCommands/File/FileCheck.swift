import JoolCore

/// `file check`: says what `file handle` would refuse, without a module. Silent if nothing is wrong.
struct FileCheck: Command {
  var path: String?

  var syntax: Syntax<Self> {
    Syntax(arguments: "FILE", completion: .none, argumentKind: .file) { (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    _ = try ConfigurationFile(path: path, checksValues: true, in: context)
  }
}
