import JoolCore

extension ConfigurationFile {
  /// Checks whether `file handle` would create the instance if there were none, and prints warnings.
  ///
  /// - Throws: The first mistake that the module would refuse.
  /// - `module`: the release whose rules apply.
  /// - `force`: whether `file handle` would be called with `--force`.
  func check(forModule module: ModuleVersion, force: Bool, in context: CommandContext) throws(CommandFailure) {
    let validator = ConfigurationValidator(
      translator: context.translator, module: module,
      ephemeralPorts: context.ephemeralPorts() ?? ConfigurationValidator.defaultEphemeralPorts)
    if usesBlacklist4 {
      context.messages.warn("\"blacklist4\" is deprecated.", at: place(.blacklist4, advice: "call it \"denylist4\""))
    }
    var forced: ConfigurationFinding?
    for finding in validator.findings(in: configuration) {
      switch finding.effect {
      case .refused: throw failure(.refused(finding.problem), of: finding)
      case .accepted: warn(finding, context, advice: finding.problem.advice)
      case .refusedUnlessForced:
        warn(finding, context, advice: "`file handle` accepts it with --force only")
        forced = forced ?? finding
      }
    }
    if !force, let forced { throw failure(.needsForce, of: forced) }
  }

  private func warn(_ finding: ConfigurationFinding, _ context: CommandContext, advice: String?) {
    context.messages.warn(finding.problem.text, at: place(finding.place, advice: advice))
  }

  private func place(_ place: ConfigurationPlace, advice: String?) -> FilePlace {
    FilePlace(path: path, position: position(of: place), advice: advice)
  }

  private func failure(_ reason: ConfigurationError.Reason, of finding: ConfigurationFinding) -> CommandFailure {
    .file(
      .configuration(path: path, ConfigurationError(reason: reason, position: position(of: finding.place))))
  }
}
