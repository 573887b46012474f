import JoolCore

/// `file check`: reports what `file handle` would refuse for an instance that does not exist yet.
///
/// Needs no module and no privileges. Prints nothing if the file is right.
struct FileCheck: Command {
  var path: String?
  var force = false
  /// The release whose rules apply, if not those of the loaded module.
  var module: ModuleVersion?
  /// Whether warnings and failures are printed as JSON.
  ///
  /// Not read here, because `CommandContext.reportsJSON` is set before the options are parsed.
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        Syntax.force(\.force),
        .value("module", "VERSION", "Check for this release instead of the loaded module") {
          (command, text) throws(ArgumentError) in
          guard let version = ModuleVersion(text), version.isSupported else { throw .notRelease(text) }
          command.module = version
        },
        Syntax.json(\.json),
      ], arguments: "FILE", completion: .none, argumentKind: .file
    ) { (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    let file = try ConfigurationFile(path: path, in: context)
    let module = module ?? context.module.loadedVersion() ?? .newestKnown
    try file.check(forModule: module, force: force, in: context)
  }
}
