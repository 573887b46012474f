import JoolCore
import JoolDaemon
import Logging

/// The environment of a command: the program, the instance, what the user typed, and everything that a command asks or
/// writes to.
struct CommandContext {
  /// The program's name as it was called, including directories.
  var programName: String
  var translator: TranslatorType
  /// The name given with `-i` or `-f`.
  var givenInstanceName: String?
  /// The snapshot that answers instead of the module (`--snapshot`).
  var snapshot: SnapshotModule?
  /// The operation that the user typed.
  var invocation = Invocation()
  /// Standard output, for data.
  var output: OutputSink
  /// Standard error, for everything else.
  var messages: MessagePrinter
  var module = ModuleAccess()
  var proxy = ProxyAccess()
  var names = NameLookups()

  /// The ports that this machine's own connections use.
  ///
  /// `nil` if they cannot be determined.
  var ephemeralPorts: () -> PortRange? = EphemeralPorts.ofThisNamespace

  /// What `doctor` reads from the machine.
  var system = SystemReader()

  /// Begins to wait for the signals that interrupt a command, and returns whether one has arrived.
  var watchForInterruption: () -> () -> Bool = Interruption.watch

  /// Whether standard error is a terminal, on which progress is shown.
  var showsProgress: () -> Bool = { ProgressLine.isTerminal }

  /// Whether the system log can be reached.
  var hasSystemLog: () -> Bool = { SystemLog.isReachable }

  /// The system log, or standard error if there is none.
  var log: Logger {
    Logger(label: "joold") { [hasSystemLog] label in
      if hasSystemLog() { SystemLog() as any LogHandler } else { StreamLogHandler.standardError(label: label) }
    }
  }

  /// Logs to the system log why a daemon does not start.
  ///
  /// Standard error gets the message anyway.
  func logFailure(_ text: String) {
    if hasSystemLog() { log.error("\(text)") }
  }

  /// The instance's name, given or default.
  var instanceName: String { givenInstanceName ?? InstanceName.default.description }

  /// A client of the module, for the instance.
  ///
  /// A missing module is reported before an invalid name is.
  /// - `name`: the instance's name, if it is not that of `-i`.
  func client(instance name: String? = nil) throws(CommandFailure) -> TranslatorClient {
    var client: TranslatorClient
    do throws(JoolError) {
      client = try TranslatorClient(
        transport: try module.transport(), translator: translator, module: module.loadedVersion())
    } catch {
      throw .module(error)
    }
    guard let instance = InstanceName(name ?? instanceName) else { throw .invalid(.instanceName) }
    client.instance = instance
    return client
  }

  /// Calls `body`, prints its failure if there is one, and flushes both outputs.
  ///
  /// - Returns: the exit status.
  func reportingFailure(_ body: (CommandContext) throws(CommandFailure) -> Void) -> ExitStatus {
    var failure: CommandFailure?
    do throws(CommandFailure) { try body(self) } catch { failure = error }
    output.flush()
    if failure == nil, let errno = output.failure { failure = .output(errno) }
    if let failure, failure != .changed, failure != .different { messages.print(failure, programName: programName) }
    messages.sink.flush()
    return failure?.status ?? .success
  }

  /// Makes a client and sends requests through it.
  func ask<Answer>(
    _ question: (inout TranslatorClient) throws(JoolError) -> Answer
  ) throws(CommandFailure) -> Answer {
    var client = try client()
    return try client.ask(question)
  }
}

extension JoolClient where Transport == AnyTransport {
  /// Sends requests to the module, and converts an error into a `CommandFailure`.
  mutating func ask<Answer>(
    _ question: (inout Self) throws(JoolError) -> Answer
  ) throws(CommandFailure) -> Answer {
    do throws(JoolError) { return try question(&self) } catch { throw .module(error) }
  }
}
