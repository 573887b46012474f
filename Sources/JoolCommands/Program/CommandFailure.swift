import JoolCore
import JoolDaemon
import JoolSession
import SystemPackage

/// The reason why a command failed.
///
/// Errors are converted into text and exit status here, and nowhere else.
enum CommandFailure: Error, Hashable, Sendable {
  /// An option before the mode is wrong.
  case rootOption(OptionError)
  case word(WordError)
  /// An argument of an operation is wrong. Messages about options start with the operation's name.
  case argument(ArgumentError, operationName: String)
  case file(FileFailure)
  /// A file of `joold` is wrong.
  case joold(JooldFileFailure)
  /// The module refused the request, or could not be reached.
  case module(JoolError)
  /// A proxy or follower could not start.
  case proxy(ProxyError)
  /// A running proxy did not fulfil the request.
  case proxyFailed(ProxyControl.Failure)
  /// No proxy runs for the instance.
  case noProxy(instance: String)
  /// No mirror of the group runs.
  case noMirror(group: InstanceName)
  /// The proxy cannot take over now.
  case proxyNotReady(NodeStatus)
  /// The proxy is ready, but fewer of its peers are ready than the user requires.
  case tooFewPeers(ready: Int, wanted: UInt32)
  /// Nodes of the group could not take over from each other, for these reasons.
  case unfitGroup([String])
  /// `apply` could not make the instance that of the file.
  case apply(ApplyFailure)
  /// No failure: `apply` has changed the instance, or would change it. Nothing is printed.
  case changed
  /// A file of sessions could not be saved, restored or read.
  case sessionFile(SessionFileFailure)
  /// `session remove` has not ended what it should have.
  case removal(RemovalFailure)
  /// No failure: `session diff` has printed differences. Nothing else is printed.
  case different
  /// `session diff` could not compare.
  indirect case comparison(CommandFailure)
  /// `doctor` has found this number of faults, which it has printed.
  case unhealthy(findings: Int)
  /// The module would accept the request to advertise, but send nothing. So do modules before 4.1.11.
  case cannotAdvertise(ModuleVersion)
  /// No binding and no session has what was looked for.
  case nothingFound(String, among: [L4Protocol])
  /// The EAMT has no mapping with this prefix.
  case noMapping(prefix: String)
  /// The module is too old for the variable.
  case keyTooNew(GlobalKey, module: ModuleVersion)
  /// A command line of old releases would change the pool6 of a NAT64, which is fixed since Jool 4.0.
  case pool6IsFixed(programName: String)
  /// A prefix cannot be added to a pool of old releases, because that holds only one prefix today.
  case poolIsFull(option: String, prefix: String)
  /// A pool of old releases does not contain the prefix.
  case notInPool(option: String, prefix: String)
  /// pool4 has no entries with this mark for these protocols.
  case noPool4Set(mark: UInt32, protocols: [L4Protocol])
  /// A failure of a command line of old releases, printed in their form. The note names the mode and operation that
  /// were assumed, if any.
  indirect case legacy(CommandFailure, note: String?)
  /// Standard output could not be written.
  case output(Errno)

  /// An error found after the arguments were parsed; its message does not name the operation.
  static func invalid(_ error: ArgumentError) -> CommandFailure { .argument(error, operationName: "") }

  /// The program's exit status.
  var status: ExitStatus {
    switch self {
    case .rootOption: .usage
    case .word: .invalid
    case .argument(let error, _): Self.status(of: error)
    case .file(let failure): failure.status
    case .joold(let failure): failure.status
    case .module(let error): error.status
    case .proxy(let error): error.status
    case .legacy(let failure, _): failure.status
    case .pool6IsFixed: .invalid
    case .noProxy, .noMirror: ExitStatus(truncating: Errno.noSuchProcess.rawValue)
    case .proxyNotReady, .tooFewPeers: .notReady
    case .unfitGroup: .unfitGroup
    case .unhealthy: .unhealthy
    case .nothingFound: .nothingFound
    case .apply: .notApplied
    case .changed: .changed
    case .sessionFile: .notRestored
    case .removal(let failure): failure.status
    case .different: .different
    case .comparison: .notCompared
    case .proxyFailed(.stalled): ExitStatus(truncating: Errno.timedOut.rawValue)
    case .proxyFailed, .cannotAdvertise, .keyTooNew: ExitStatus(truncating: Errno.notSupported.rawValue)
    case .noMapping, .notInPool, .noPool4Set: ExitStatus(truncating: Errno.noSuchProcess.rawValue)
    case .poolIsFull: ExitStatus(truncating: Errno.fileExists.rawValue)
    case .output(let errno): ExitStatus(truncating: errno.rawValue)
    }
  }

  /// The text for standard error, with its final newline.
  /// - `programName`: the program's name as it was called.
  func message(programName: String) -> String {
    switch self {
    case .rootOption(let error):
      "\(programName): \(Self.text(of: error))\n" + Self.hint(for: programName)
    case .word(let error):
      Self.text(of: error)
    case .argument(.option(let error), let operation):
      "\(operation): \(Self.text(of: error))\n" + Self.hint(for: operation)
    case .argument(.tooManyArguments, let operation):
      "\(operation): Too many arguments\n" + Self.hint(for: operation)
    case .argument(.missing(let names), _):
      "The command is missing \(Self.sentence(names)).\n"
    case .argument(let error, _):
      "Error: \(Self.text(of: error))\n"
    case .file(let failure):
      "Error: \(failure.text)\n"
    case .joold(let failure):
      failure.text + "\n"
    case .module(let error):
      "Error: \(error)\n"
    case .proxy(let error):
      "Error: \(error)\n" + (error.hint.map { "(\($0))\n" } ?? "")
    case .proxyFailed(let failure):
      "Error: \(failure)\n"
    case .noProxy(let instance):
      """
      Error: No session proxy runs for instance '\(instance)' in this network namespace, or only root may ask it.

      """
    case .noMirror(let group):
      "Error: No mirror of the group '\(group)' runs in this network namespace, or only root may ask it.\n"
    case .proxyNotReady(let nodeStatus):
      "Error: The session proxy is not ready: \(nodeStatus.name).\n"
    case .tooFewPeers(let ready, let wanted):
      "Error: The session proxy is ready, but only \(ready) of its peers are ready. --peers requires \(wanted).\n"
    case .unfitGroup(let findings):
      "Error: Nodes of this group could not take over from each other.\n"
        + findings.map { "- \($0)\n" }.joined()
    case .apply(let failure):
      failure.message(programName: programName)
    case .changed, .different:
      ""
    case .sessionFile(let failure):
      failure.message(programName: programName)
    case .removal(let failure):
      "Error: \(failure)\n"
    case .comparison(let failure):
      failure.message(programName: programName)
    case .unhealthy(let findings):
      "Error: \(findings) \(findings == 1 ? "fault was" : "faults were") found.\n"
    case .cannotAdvertise(let version):
      """
      Error: Modules before 4.1.11 cannot advertise, and this one is \(version).
      Start `jool session proxy` on this machine. It sends the table to its peers by itself.

      """
    case .nothingFound(let target, let protocols):
      "Error: No \(protocols.map(\.description).joined(separator: ", ")) binding or session has \(target).\n"
    case .noMapping(let prefix):
      "Error: The EAMT has no mapping with prefix \(prefix).\n"
    case .keyTooNew(let key, let module):
      "Error: \(key.name) needs module \(key.since) or later, and this one is \(module).\n"
    case .pool6IsFixed(let program):
      """
      Error: Since Jool 4.0 the pool6 of a NAT64 is fixed. Give it when you create the instance:
      \(program) instance add --pool6 PREFIX

      """
    case .poolIsFull(let option, let prefix):
      """
      Error: Since Jool 4.0 --\(option) holds only one prefix, and that is \(prefix).
      Remove it first: --\(option) --remove \(prefix)

      """
    case .notInPool(let option, let prefix):
      "Error: --\(option) does not hold \(prefix).\n"
    case .noPool4Set(let mark, let protocols):
      """
      Error: pool4 has no \(protocols.map(\.description).joined(separator: " or ")) addresses with mark \(mark).
      Add some first, with the same options: --pool4 --add

      """
    case .legacy(let failure, let note):
      failure.legacyMessage(programName: programName, note: note)
    case .output(let errno):
      "Error: Could not write the output: \(errno)\n"
    }
  }

  /// The message and the place as one line of a log.
  func line(programName: String) -> String {
    let text = message(programName: programName).split(separator: "\n").joined(separator: " ")
    return place.map { "\(text) (\($0))" } ?? text
  }

  /// The place in a file that the failure refers to.
  var place: FilePlace? {
    switch self {
    case .file(let failure): failure.place
    case .legacy(let failure, _): failure.place
    case .apply(.unchanged(let failure)): failure.place
    default: nil
    }
  }

  /// The message in the form of old releases: without `Error: `, and with `Jool Error: ` if the module refused.
  private func legacyMessage(programName: String, note: String?) -> String {
    switch self {
    case .module(.refused(let code, let words)):
      return "Jool Error: \(words)\n(Error code: \(code.rawValue))\n" + (note.map { "(Note: \($0))\n" } ?? "")
    case .argument(.notUnsignedInteger(let text), _): return "'\(text)' is not a number. (error code 1)\n"
    default:
      let text = message(programName: programName)
      return text.hasPrefix("Error: ") ? String(text.dropFirst("Error: ".count)) : text
    }
  }

  private static func hint(for name: String) -> String {
    "Try `\(name) --help' or `\(name) --usage' for more information.\n"
  }

  /// `A`, `A and B`, `A, B and C`.
  static func sentence(_ names: [String]) -> String {
    guard let last = names.last, names.count > 1 else { return names.first ?? "" }
    return names.dropLast().joined(separator: ", ") + " and " + last
  }

  static func text(of error: OptionError) -> String {
    switch error {
    case .invalidLetter(let letter): "invalid option -- '\(letter)'"
    case .unrecognized(let text): "unrecognized option '--\(text)'"
    case .ambiguous(let text, let names):
      "option '--\(text)' is ambiguous; possibilities:" + names.map { " '--\($0)'" }.joined()
    case .letterRequiresValue(let letter): "option requires an argument -- '\(letter)'"
    case .requiresValue(let name): "option '--\(name)' requires an argument"
    case .allowsNoValue(let name): "option '--\(name)' doesn't allow an argument"
    }
  }

  private static func text(of error: WordError) -> String {
    func list(_ words: [String]) -> String { words.map { $0 + " " }.joined() }
    return switch error {
    case .unexpected(let word, let available): "Unexpected token: '\(word)'\nAvailable options: \(list(available))\n"
    case .ambiguous(let word, let available): "Ambiguous token: '\(word)'\nAvailable options: \(list(available))\n"
    case .incomplete(let followUps): "More arguments expected.\nPossible follow-ups: \(list(followUps))\n"
    }
  }

  private static func status(of error: ArgumentError) -> ExitStatus {
    switch error {
    case .option, .tooManyArguments: .usage
    case .notUnsignedInteger: .notInteger
    case .integerTooLong: .integerTooLong
    case .manyAddresses: .tooMuch
    case .noMulticastAddress, .notChoice, .sealedLegacy, .peersWithoutReady:
      ExitStatus(truncating: Errno.invalidArgument.rawValue)
    default: .invalid
    }
  }
}
