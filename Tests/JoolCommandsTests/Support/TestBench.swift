import JoolDaemon
import JoolSession
import SystemPackage

@testable import JoolCommands
@testable import JoolCore

/// Runs command lines against a fake module and returns their output.
final class TestBench {
  let kernel = FakeKernel()
  /// Opens a transport to something else than the fake module.
  var transport: (() -> AnyTransport)?
  /// The Unix sockets, by their paths.
  var sockets: [String: () -> AnyTransport] = [:]
  /// The paths of sockets on which nobody listens.
  var deadSockets: Set<String> = []
  /// The directory of the files in command lines; the process's current directory if `nil`.
  var directory: String?
  var givesHints = true
  /// The module's version according to sysfs; `nil` for the version of the fake module.
  var versionInSysfs: ModuleVersion?
  var names: @Sendable (AnyIPAddress) -> HostLookup = { _ in .none }

  /// The answer of the instance's proxy to `advertise`; `nil` if there is no proxy.
  var proxyAnswer: (InstanceName) throws(ProxyControl.Failure) -> Int? = { (_) throws(ProxyControl.Failure) in nil }

  /// The answer of the instance's proxy, or the group's mirror, to `remove`; `nil` if there is none.
  var removalAnswer: (ControlService, InstanceName, [BIBEntry]) throws(ProxyControl.Failure) -> RemovalOutcome? = {
    (_, _, _) throws(ProxyControl.Failure) in nil
  }

  /// The status of the instance's proxy; `nil` if there is no proxy.
  var proxyStatus: @Sendable (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (_) throws(ProxyControl.Failure) in nil
  }

  /// The status of the group's mirror; `nil` if there is no mirror.
  var mirrorStatus: @Sendable (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus? = {
    (_) throws(ProxyControl.Failure) in nil
  }

  /// What `doctor` reads.
  var machine = FakeMachine().reader

  /// Runs a command line, which begins with the program's name.
  @discardableResult
  func run(_ arguments: [String]) -> Outcome {
    inDirectory(arguments.dropFirst()) { words in
      run(arguments[0]) { Program(name: arguments[0]).run(words, in: $0) }
    }
  }

  /// Resolves file names relative to the directory, and removes the directory's path from messages.
  private func inDirectory(_ words: ArraySlice<String>, _ body: ([String]) -> Outcome) -> Outcome {
    guard let directory else { return body(Array(words)) }
    let isFile: (String) -> Bool = { $0.hasSuffix(".json") || $0 == "adir" }
    var outcome = body(
      words.map { word in
        if word.hasPrefix("--file=") { return "--file=\(directory)/\(word.dropFirst("--file=".count))" }
        return isFile(word) ? "\(directory)/\(word)" : word
      })
    outcome.error.replace("\(directory)/", with: "")
    return outcome
  }

  /// The text that a part of a command prints on standard error.
  func error(of program: String, _ body: (CommandContext) throws(CommandFailure) -> Void) -> String {
    run(program) { $0.reportingFailure(body) }.error
  }

  private func run(_ program: String, _ body: (CommandContext) -> ExitStatus) -> Outcome {
    let output = OutputSink()
    let error = OutputSink()
    var context = CommandContext(
      programName: program, translator: Program(name: program).translator, output: output,
      messages: MessagePrinter(sink: error, givesHints: givesHints))
    context.module.transport = { [kernel, transport] () throws(JoolError) in transport?() ?? kernel.transport() }
    context.module.loadedVersion = { [kernel, versionInSysfs] in versionInSysfs ?? kernel.version }
    context.module.socket = { [sockets, deadSockets] (path) throws(JoolError) in
      if deadSockets.contains(path) { throw .socket(path: path, .connectionRefused) }
      guard let open = sockets[path] else { throw .socket(path: path, .noSuchFileOrDirectory) }
      return open()
    }
    context.module.socketPath = { [sockets, deadSockets] instance in
      Jool.socketPath(of: instance).flatMap { sockets[$0] == nil && !deadSockets.contains($0) ? nil : $0 }
    }
    context.ephemeralPorts = { nil }
    context.names.host = names
    context.names.service = { [80: "http", 8080: "http-alt", 8081: "tproxy", 443: "https", 53: "domain"][$0] }
    context.proxy.advertise = proxyAnswer
    context.proxy.remove = removalAnswer
    context.proxy.status = proxyStatus
    context.proxy.mirrorStatus = mirrorStatus
    context.system = machine
    context.hasSystemLog = { false }
    let status = body(context)
    return Outcome(output: output.text, error: error.text, status: status.rawValue)
  }

  /// Runs a command line of words that are separated by blanks, with single quotes where needed.
  @discardableResult
  func run(_ line: String) -> Outcome { run(GoldenFile.words(of: line)) }
}
