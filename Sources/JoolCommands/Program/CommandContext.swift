import JoolCore
import JoolDaemon
import Logging
import SystemPackage

/// The environment of a command: the program, the instance, what the user typed, and everything that a command asks or
/// writes to.
struct CommandContext {
  /// The program's name as it was called, including directories.
  var programName: String
  var translator: TranslatorType
  /// The name given with `-i` or `-f`.
  var givenInstanceName: String?
  /// The path given with `--socket`.
  var socket: String?
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

  /// A client of the module, for the instance; or of the program that serves `--socket`.
  ///
  /// Without `--socket`, the socket that serves the instance is used if the module is not loaded, or does not have the
  /// instance. A missing module is reported before an invalid name is.
  /// - `name`: the instance's name, if it is not that of `-i`.
  func client(instance name: String? = nil) throws(CommandFailure) -> TranslatorClient {
    let instance = InstanceName(name ?? instanceName)
    var client: TranslatorClient
    do throws(JoolError) {
      // A socket serves one instance, so the user need not name it.
      if let socket, name == nil, givenInstanceName == nil { return try onlyClient(of: socket) }
      if let socket { client = try socketClient(socket, instance) } else { client = try moduleClient(instance) }
    } catch {
      throw .module(error)
    }
    guard let instance else { throw .invalid(.instanceName) }
    client.instance = instance
    return client
  }

  private func moduleClient(_ instance: InstanceName?) throws(JoolError) -> TranslatorClient {
    let fallback: () throws(JoolError) -> TranslatorClient? = { [self] () throws(JoolError) in
      guard translator == .nat64, let instance, let path = module.socketPath(instance) else { return nil }
      do throws(JoolError) { return try socketClient(path, instance) } catch {
        // A mirror that was killed has left its socket. The module's answer is then what the user must know.
        if case .socket(_, .connectionRefused) = error { return nil }
        throw error
      }
    }
    let client: TranslatorClient
    do throws(JoolError) {
      client = try TranslatorClient(
        transport: try module.transport(), translator: translator, module: module.loadedVersion())
    } catch .moduleNotLoaded {
      guard let other = try fallback() else { throw .moduleNotLoaded }
      return other
    }
    client.transport.received = 0
    client.transport.fallback = fallback
    return client
  }

  /// A client of a socket, for the instance that it serves.
  private func onlyClient(of path: String) throws(JoolError) -> TranslatorClient {
    var client = try socketClient(path, nil)
    if let served = try client.instances().first { client.instance = served.name }
    return client
  }

  private func socketClient(_ path: String, _ instance: InstanceName?) throws(JoolError) -> TranslatorClient {
    try TranslatorClient(
      transport: try module.socket(path), translator: translator, instance: instance ?? .default, module: nil)
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
  ///
  /// If the first answer says that the module does not have the instance, and a socket serves it, the client becomes
  /// one of that socket.
  mutating func ask<Answer>(
    _ question: (inout Self) throws(JoolError) -> Answer
  ) throws(CommandFailure) -> Answer {
    do throws(JoolError) {
      do throws(JoolError) { return try question(&self) } catch .refused(.noSuchProcess, let message) {
        guard transport.received == 1, let other = try transport.fallback?() else {
          throw .refused(code: .noSuchProcess, message: message)
        }
        self = other
        return try question(&self)
      }
    } catch {
      throw .module(error)
    }
  }
}
