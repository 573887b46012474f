import Foundation
import Glibc
import JoolDaemon
import JoolSession
import Testing

@testable import JoolCommands

/// Tests of `session proxy --config FILE`.
@Suite struct ProxyOptionsFileTests {
  @Test func readsOptionsFromAFile() throws {
    let text = """
      {"comment": "the campus", "net.mcast.addr": "ff08::1", "net.mcast.port": 6464, "net.dev.in": ["eth2", "eth3"],
       "NET.TTL": 3, "net.peer": "[2001:db8::5]:1", "net.format": "ss2"}
      """
    var command = SessionProxyCommand()
    try ProxyOptionsFile.apply(try TemporaryFile.path(text), to: &command)
    #expect(
      command.arguments
        == ProxyArguments(
          network: LinkOptions(
            configuredAddress: "ff08::1", port: "6464", inputDevices: ["eth2", "eth3"],
            peers: [.init(host: "2001:db8::5", port: "1")], timeToLive: 3), format: .ss2))
  }

  /// The proxy must not block at SIGHUP until another process writes into the pipe.
  @Test func refusesAPipeOnReload() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("pipe-\(UUID())").path
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    var command = SessionProxyCommand(isReread: true)
    let error = #expect(throws: ArgumentError.self) { try ProxyOptionsFile.apply(path, to: &command) }
    #expect(error == .file(.notRegular(path: path)))
    #expect(throws: JooldFileFailure.self) { try JooldFiles(networkPath: path, modulePath: path, isReread: true) }
  }

  @Test(arguments: [
    ("{\"net.mcast.prot\": 1}", "Error: Unknown tag: 'net.mcast.prot'\n(FILE:1:2: did you mean \"net.mcast.port\"?)\n"),
    ("{\n \"net.ttl\": 256}", "Error: '256' is out of bounds (0-255).\n(FILE:2:13)\n"),
    (
      "{\"net.ttl\": 3}, \"net.mtu\": 1}",
      """
      Error: The JSON parser got confused around the beginning of this string:
      , "net.mtu": 1}
      (FILE:1:15: expected the end of the file)

      """
    ),
    ("{\"net.ttl\": []}", "Error: The 'net.ttl' element appears to be an array, not a 'String'.\n(FILE:1:13)\n"),
  ]) func reportsThePlaceOfAMistakeInTheFile(text: String, message: String) throws {
    let path = try TemporaryFile.path(text)
    let outcome = TestBench().run("jool session proxy --config \(path)")
    #expect(outcome == Outcome(error: message.replacing("FILE", with: path), status: 234))
  }

  @Test(arguments: [
    ("--log.level", "Error: 'loud' is not a valid log level; use one of debug, info, notice, warning, error.\n"),
    ("--log.target", "Error: 'loud' is not a valid log target; use one of auto, stderr, syslog.\n"),
  ]) func listsTheValuesOfAnOption(option: String, message: String) {
    let outcome = TestBench().run("jool session proxy \(option) loud ff08::1")
    #expect(outcome == Outcome(error: message, status: 22))
  }

  @Test func appliesTheCommandLineAfterTheFile() throws {
    let path = try TemporaryFile.path("{\"net.ttl\": 3, \"net.dev.in\": \"eth2\"}")
    let words = ["-t", "5", "--config", path, "-i", "eth3", "ff08::1"]
    guard
      case .run(let command) = try SessionProxyCommand().syntax.parse(
        words[...], into: SessionProxyCommand(), typedName: "proxy", order: .anywhere)
    else {
      Issue.record("The words were parsed as a request for help.")
      return
    }
    #expect(command.arguments.network.timeToLive == 3)
    #expect(command.arguments.network.inputDevices == ["eth2", "eth3"])
  }
}

enum TemporaryFile {
  /// The path of a new temporary file with this text.
  ///
  /// The file is not deleted.
  static func path(_ text: String) throws -> String {
    let url = FileManager.default.temporaryDirectory.appending(component: "jool-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: url)
    return url.path
  }
}
