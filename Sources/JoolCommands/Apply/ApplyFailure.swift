import JoolCore

/// The reason why `apply` could not make the instance that of the file.
enum ApplyFailure: Error, Hashable, Sendable {
  /// It failed before the first change.
  indirect case unchanged(CommandFailure)
  /// The file has another framework or pool6 than the instance, and `--recreate` was not given.
  case needsRecreation
  /// A change failed after others were made.
  case change(ConfigurationChange, made: Int, of: Int, JoolError)
  /// The instance could not be created. `isRemoved`: whether another one was removed before.
  case creation(JoolError, isRemoved: Bool)

  var moduleError: JoolError? {
    switch self {
    case .unchanged, .needsRecreation: nil
    case .change(_, _, _, let error), .creation(let error, _): error
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
    case .change(let change, let made, let count, let error):
      "Error: \(error)\n\(made) of \(count) changes were made. \(Self.outcome(of: error)):\n"
        + change.lines.map { "\($0)\n" }.joined() + "(Run `apply` again to make the rest.)\n"
    case .creation(let error, let isRemoved):
      """
      Error: \(error)
      \(isRemoved ? "The instance that ran before was removed. " : "")\(Self.creation(after: error)).
      (Run `apply` again.)

      """
    }
  }

  private static func creation(after error: JoolError) -> String {
    if case .refused = error { "The new one was not created" } else { "It is not known whether the new one was created" }
  }

  /// Whether the change that failed was made. A refusal is an answer, and everything else may have lost the answer.
  private static func outcome(of error: JoolError) -> String {
    if case .refused = error { "This one was refused" } else { "It is not known whether this one was made" }
  }
}
