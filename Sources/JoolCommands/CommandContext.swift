import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// What a command has to work with: who called it, for which instance, where its output goes and how to ask the module.
struct CommandContext {
  /// The program as it was called, directories included.
  var programName: String
  var translator: TranslatorType
  /// The name given with `-i` or `-f`.
  var givenInstanceName: String?
  /// The operation as typed, for messages.
  var operationName = ""
  /// The words that may follow it instead of arguments.
  var subwords: [Word] = []
  /// What follows it.
  var arguments: ArraySlice<String> = []
  var output: OutputSink
  var error: OutputSink
  /// Whether failures and warnings are printed as JSON.
  var reportsJSON = false
  /// Whether to hint at today's spelling of command lines that old releases understood.
  var givesHints = true
  /// Where options may stand.
  var optionOrder = OptionScanner.Order.anywhere
  /// Opens a way to the module.
  var transport: () throws(JoolError) -> AnyTransport = AnyTransport.socket
  /// The module's version if that is known without asking it.
  var loadedVersion: () -> ModuleVersion? = ModuleVersion.loaded
  /// Finds the names of addresses.
  var names: @Sendable (HostAddress) -> HostLookup = HostLookup.system
  /// Finds the names of ports.
  var services: @Sendable (UInt16) -> String? = ServiceNames.name(of:)

  /// Has the instance's proxy send its table. `nil` if there is no proxy.
  var advertiseThroughProxy: (InstanceName) throws(ProxyControl.Failure) -> Int? = {
    (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.advertise()
  }

  /// What the instance's proxy says of itself. `nil` if there is no proxy.
  var proxyStatus: (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (instance) throws(ProxyControl.Failure) in
    guard let proxy = try ProxyControl(instance: instance) else { return nil }
    return try proxy.status()
  }

  /// The ports that this machine's own connections use, if the system says.
  var ephemeralPorts: () -> PortRange? = EphemeralPorts.ofThisNamespace

  /// Whether there is a system log.
  var hasSystemLog: () -> Bool = { SystemLog.isReachable }

  /// The system's log, or standard error if there is none.
  var log: Logger {
    Logger(label: "joold") { [hasSystemLog] label in
      if hasSystemLog() { SystemLog() as any LogHandler } else { StreamLogHandler.standardError(label: label) }
    }
  }

  /// Tells the system's log why a daemon does not start. Standard error hears of it anyway.
  func logFailure(_ text: String) {
    if hasSystemLog() { log.error("\(text)") }
  }

  /// The instance's name, given or default.
  var instanceName: String { givenInstanceName ?? InstanceName.default.description }

  /// A client of the module, for the instance. The module is looked for before the name is looked at.
  ///
  /// - Parameter name: the instance if it is not that of `-i`.
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

  /// Does something and leaves the output complete. A failure is printed.
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

  /// Says on standard error what is odd although it is done.
  /// - Parameter place: where in a file.
  func warn(_ text: String, at place: FilePlace? = nil) {
    guard reportsJSON else {
      error.print("Warning: \(text)")
      if let place { error.print("(\(place))") }
      return
    }
    let members: [(String, JSONItem)] = [("message", .string(text))] + (place?.jsonMembers ?? [])
    error.print(JSONItem.object([("warning", .object(members))]).text())
  }

  /// Says on standard error how something is better said, unless hints are unwanted.
  func hint(_ text: String) {
    if givesHints, !reportsJSON { error.print(text) }
  }

  /// Asks the module once.
  func ask<Answer>(
    _ question: (inout TranslatorClient) throws(JoolError) -> Answer
  ) throws(CommandFailure) -> Answer {
    var client = try client()
    return try client.ask(question)
  }
}

extension JoolClient where Transport == AnyTransport {
  /// Asks the module, and makes a failure one of the command.
  mutating func ask<Answer>(
    _ question: (inout Self) throws(JoolError) -> Answer
  ) throws(CommandFailure) -> Answer {
    do throws(JoolError) { return try question(&self) } catch { throw .module(error) }
  }
}
