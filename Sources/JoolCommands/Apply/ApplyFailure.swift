import JoolCore

/// The reason why `apply` could not make the instance that of the file.
enum ApplyFailure: Error, Hashable, Sendable {
  /// It failed before the first change.
  indirect case unchanged(CommandFailure)
  /// The file has another framework or pool6 than the instance, and `--recreate` was not given.
  case needsRecreation
  /// A step failed after `made` of all changes were made.
  case step(ConfigurationDifference.Step, made: Int, of: Int, JoolError)

  var moduleError: JoolError? {
    switch self {
    case .unchanged, .needsRecreation: nil
    case .step(_, _, _, let error): error
    }
  }

  /// The text for standard error, with its final newline.
  func message(programName: String) -> String {
    switch self {
    case .unchanged(let failure):
      failure.message(programName: programName)
    case .needsRecreation:
      """
      Error: Only a new instance can have another framework or, as a NAT64, another pool6. Nothing was changed.
      (`apply --recreate` removes the running instance with its sessions, and creates that of the file.)

      """
    case .step(let step, let made, let count, let error):
      "Error: \(error)\n\(made) of \(count) changes were made. \(Self.outcome(of: step, after: error)):\n"
        + step.changes.flatMap(\.lines).map { "\($0)\n" }.joined() + "(Run `apply` again to make the rest.)\n"
    }
  }

  /// Whether the step that failed was carried out: a refusal is an answer, and every other error may have lost one.
  private static func outcome(of step: ConfigurationDifference.Step, after error: JoolError) -> String {
    let these = step.changes.count == 1 ? "This one" : "These"
    let were = step.changes.count == 1 ? "was" : "were"
    if case .recreate = step.action { return "The instance may have been removed, and these may not have been made" }
    if case .refused = error { return "\(these) \(were) refused" }
    return "It is not known whether \(these.lowercased()) \(were) made"
  }
}
