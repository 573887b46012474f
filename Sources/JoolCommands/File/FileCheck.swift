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
    let validator = ConfigurationValidator(
      translator: context.translator, module: module ?? context.module.loadedVersion() ?? .newestKnown,
      ephemeralPorts: context.ephemeralPorts() ?? ConfigurationValidator.defaultEphemeralPorts)
    if file.usesBlacklist4 {
      context.messages.warn(
        "\"blacklist4\" is deprecated.", at: place(.blacklist4, in: file, advice: "call it \"denylist4\""))
    }
    var forced: ConfigurationFinding?
    for finding in validator.findings(in: file.configuration) {
      switch finding.effect {
      case .refused: throw failure(.refused(finding.problem), of: finding, in: file)
      case .accepted: warn(finding, in: file, context, advice: finding.problem.advice)
      case .refusedUnlessForced:
        warn(finding, in: file, context, advice: "`file handle` accepts it with --force only")
        forced = forced ?? finding
      }
    }
    if !force, let forced { throw failure(.needsForce, of: forced, in: file) }
  }

  private func warn(
    _ finding: ConfigurationFinding, in file: ConfigurationFile, _ context: CommandContext, advice: String?
  ) {
    context.messages.warn(finding.problem.text, at: place(finding.place, in: file, advice: advice))
  }

  private func place(_ place: ConfigurationPlace, in file: ConfigurationFile, advice: String?) -> FilePlace {
    FilePlace(path: file.path, position: file.position(of: place), advice: advice)
  }

  private func failure(
    _ reason: ConfigurationError.Reason, of finding: ConfigurationFinding, in file: ConfigurationFile
  ) -> CommandFailure {
    .file(
      .configuration(
        path: file.path, ConfigurationError(reason: reason, position: file.position(of: finding.place))))
  }
}
