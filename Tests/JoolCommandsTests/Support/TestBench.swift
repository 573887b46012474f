import Glibc

@testable import JoolCommands
@testable import JoolCore

/// Runs command lines against a fake module and keeps what they print.
final class TestBench {
  let kernel = FakeKernel()
  /// Where the files of command lines are; the process's current directory if `nil`.
  var directory: String?
  var names: @Sendable (HostAddress) -> HostLookup = { _ in .none }

  /// Runs a command line of `jool` or `jool_siit`, the program's name first.
  @discardableResult
  func run(_ arguments: [String]) -> Outcome {
    guard let directory else { return run(arguments[0]) { JoolProgram.run(Array(arguments.dropFirst()), in: $0) } }
    let words = arguments.dropFirst().map { $0.hasSuffix(".json") ? "\(directory)/\($0)" : $0 }
    var outcome = run(arguments[0]) { JoolProgram.run(words, in: $0) }
    outcome.error.replace("\(directory)/", with: "")
    return outcome
  }

  /// Runs `joold`.
  func runJoold(_ arguments: [String]) -> Outcome { run("joold") { JooldProgram.run(arguments, in: $0) } }

  private func run(_ program: String, _ body: (CommandContext) -> ExitStatus) -> Outcome {
    let output = OutputSink()
    let error = OutputSink()
    var context = CommandContext(
      programName: program, translator: JoolProgram.translator(ofProgram: program), output: output, error: error)
    context.transport = kernel.transport
    context.loadedVersion = { [kernel] in kernel.version }
    context.names = names
    context.services = { [80: "http", 8080: "http-alt", 8081: "tproxy", 443: "https", 53: "domain"][$0] }
    context.advertiseThroughProxy = { _ in nil }
    let status = body(context)
    return Outcome(output: output.text, error: error.text, status: status.rawValue)
  }

  /// Runs a command line with blanks between its words and quotes where needed.
  @discardableResult
  func run(_ line: String) -> Outcome { run(GoldenFile.words(of: line)) }
}

/// A directory of files, made once; the current one of the test process, since golden cases name files without it.
enum TestFiles {
  static let isReady: Bool = {
    var template = Array("/tmp/jool-commands-tests.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil, chdir(template) == 0 else { return false }
    mkdir("adir", 0o755)
    return contents.allSatisfy { name, text in
      guard let file = fopen(name, "w") else { return false }
      defer { fclose(file) }
      return fputs(text, file) >= 0
    }
  }()

  private static let contents = [
    "good.json": #"{ "instance": "alpha", "framework": "netfilter" }"#,
    "upper.json": #"{ "INSTANCE": "alpha" }"#,
    "noinst.json": #"{ "framework": "netfilter" }"#,
    "array.json": "[ 1, 2 ]",
    "broken.json": #"{ "instance": "alpha""#,
    "unquoted.json": "{ instance: alpha }",
    "empty.json": "",
    "trailing.json": #"{ "instance": "alpha" } trailing garbage"#,
    "string.json": #""alpha""#,
    "beta.json": #"{ "instance": "beta" }"#,
    "long16.json": #"{ "instance": "abcdefghijklmnop" }"#,
    "joold-broken.json": #"{ "instance": "#,
    "joold-empty.json": "{ }",
    "joold-port.json": "{ \"multicast address\": \"ff08::1\",\n\n  \"multicast port\": 6464 }",
    "joold-ttl.json": "{ \"multicast address\": \"ff08::1\",\n  \"ttl\": \"3\" }",
    "joold-ttl-range.json": "{ \"multicast address\": \"ff08::1\",\n  \"ttl\": 256 }",
    "joold-instance.json": #"{ "instance": "sixteencharacter" }"#,
    "joold-net.json": """
    { "MULTICAST ADDRESS": "ff08::db8:64:64", "Multicast Port": "6464", "In Interface": "ss0",
      "out interface": "ss1", "ttl": 3, "reuseaddr": 1, "unknown": [] }
    """,
    "number.json": "{\n  \"comment\": true,\n  \"instance\": 5 }",
  ]
}
