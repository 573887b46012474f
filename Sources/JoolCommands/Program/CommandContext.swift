import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// The environment of a command: the program's name, the instance, the outputs and the access to the module.
struct CommandContext {
  /// The program's name as it was called, including directories.
  var programName: String
  var translator: TranslatorType
  /// The name given with `-i` or `-f`.
  var givenInstanceName: String?
  /// The operation as typed, for messages.
  var operationName = ""
  /// The words that may follow the operation instead of arguments.
  var subwords: [Word] = []
  /// The words after the operation.
  var arguments: ArraySlice<String> = []
  var output: OutputSink
  var error: OutputSink
  /// Whether failures and warnings are printed as JSON.
  var reportsJSON = false
  /// Whether to hint at today's syntax for command lines that old releases accepted.
  var givesHints = true
  /// The position at which options are allowed.
  var optionOrder = OptionScanner.Order.anywhere
  /// Opens a transport to the module.
  var transport: () throws(JoolError) -> AnyTransport = AnyTransport.socket
  /// The module's version, if it is known without a request to the module.
  var loadedVersion: () -> ModuleVersion? = ModuleVersion.loaded
  /// Looks up the name of an address.
  ///
  /// May block for seconds.
  var names: @Sendable (AnyIPAddress) -> HostLookup = HostLookup.system
  /// Looks up the name of a port.
  var services: @Sendable (UInt16) -> String? = ServiceNames.name(of:)

  /// Has the instance's proxy send its table, and waits until it was sent.
  ///
  /// Returns the number of sessions, or `nil` if there is no proxy.
  var advertiseThroughProxy: (InstanceName) throws(ProxyControl.Failure) -> Int? = {
    (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.advertise()
  }

  /// The status of the instance's proxy.
  ///
  /// `nil` if there is no proxy. May wait ten seconds for the proxy.
  var proxyStatus: (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.status()
  }

  /// The ports that this machine's own connections use.
  ///
  /// `nil` if they cannot be determined.
  var ephemeralPorts: () -> PortRange? = EphemeralPorts.ofThisNamespace

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
      client = try TranslatorClient(transport: try transport(), translator: translator, module: loadedVersion())
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
    if let failure {
      if reportsJSON {
        error.print(failure.json(programName: programName).text())
      } else {
        error.write(failure.message(programName: programName))
        if let place = failure.place { error.print("(\(place))") }
      }
    }
    error.flush()
    return failure?.status ?? .success
  }

  /// Prints a warning on standard error, about something that is done nevertheless.
  /// - `place`: the place in a file that the warning refers to.
  func warn(_ text: String, at place: FilePlace? = nil) {
    guard reportsJSON else {
      error.print("Warning: \(text)")
      if let place { error.print("(\(place))") }
      return
    }
    let members: [(String, JSONItem)] = [("message", .string(text))] + (place?.jsonMembers ?? [])
    error.print(JSONItem.object([("warning", .object(members))]).text())
  }

  /// Prints a hint on standard error, unless hints are disabled or messages are JSON.
  func hint(_ text: String) {
    if givesHints, !reportsJSON { error.print(text) }
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
