import JoolCore
import JoolDaemon
import JoolSession

/// The reason why the sessions of a file could not be saved, restored or read.
enum SessionFileFailure: Error, Hashable, Sendable {
  case unusable(path: String, SnapshotFile.Failure)
  case notSaved(path: String, SnapshotFile.Failure)
  /// The snapshot would be written to a terminal.
  case terminal
  /// The operation needs a running instance, but `--snapshot` was given.
  case onlyReads
  /// SIIT has no sessions.
  case stateless
  /// `--snapshot` and `--socket` were both given.
  case besideSocket
  case otherPool6(file: IPv6Prefix, instance: IPv6Prefix)
  /// `session diff` got tables with different prefixes.
  case differentPool6(IPv6Prefix, IPv6Prefix)
  /// The instance does not accept sessions, because `ss-enabled` is off.
  case disabled(instance: InstanceName)
  /// Some sessions were not restored.
  case incomplete(RestoreReport)
  /// The module's table could not be read back after this number of sessions was sent.
  case unknown(sent: Int, JoolError)

  /// The text for standard error, with its final newline.
  func message(programName: String) -> String {
    switch self {
    case .unusable(let path, let reason):
      "Error: '\(path)' is not used. \(reason)\n"
    case .notSaved(let path, let reason):
      "Error: The sessions were not saved in '\(path)'. \(reason)\n"
    case .terminal:
      "Error: The sessions are binary data, which a terminal cannot show. Redirect the output, or name a file.\n"
    case .onlyReads:
      "Error: A snapshot only answers display, count and find. Leave out --snapshot to use the instance.\n"
    case .besideSocket:
      "--snapshot and --socket exclude each other, because either answers instead of the module. Leave one of them out."
    case .stateless:
      "Error: SIIT translators have no sessions, so they have no snapshots. Use jool instead.\n"
    case .otherPool6(let file, let instance):
      """
      Error: The sessions of the file have pool6 \(file), and the instance has \(instance). Nothing was restored.
      (Only an instance with the same pool6 can continue them.)

      """
    case .differentPool6(let left, let right):
      "Error: The tables have different prefixes (pool6 \(left) and \(right)), so no session is in both.\n"
    case .disabled(let instance):
      """
      Error: Instance '\(instance)' accepts no sessions, because session synchronization is off. Nothing was restored.
      (Enable it, and restore again: \(programName) -i \(instance) global update ss-enabled true)

      """
    case .incomplete(let report):
      report.errorText(programName: programName)
    case .unknown(let sent, let error):
      """
      Error: \(error)
      It is not known how many of the \(sent) sessions that were sent the instance has stored.
      (Run `session restore` again to add the rest.)

      """
    }
  }
}
