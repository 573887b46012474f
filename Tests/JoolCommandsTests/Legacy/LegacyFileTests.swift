import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of `jool --file FILE`, which equals `jool file handle FILE`, and of command lines where `--file` only names
/// the instance.
@Suite struct LegacyFileTests {
  @Test(
    arguments: [
      ("--file good.json", "file handle good.json"), ("--file=good.json", "file handle good.json"),
      ("--fi good.json", "file handle good.json"), ("-p good.json", "file handle good.json"),
      ("--file good.json --force", "file handle good.json --force"),
      ("--force --file good.json", "file handle good.json --force"),
      ("-i file --file good.json", "-i file file handle good.json"),
      ("--file good.json -i file", "-i file file handle good.json"),
      ("--file good.json --instance=file --force", "-i file file handle good.json --force"),
      ("-i other --file good.json", "-i other file handle good.json"),
      ("-i x --file good.json -i file", "-i file file handle good.json"),
      ("--file framework-only.json", "file handle framework-only.json"),
      ("-i ninth --file framework-only.json", "-i ninth file handle framework-only.json"),
      ("-i abcdefghijklmnop --file good.json", "-i abcdefghijklmnop file handle good.json"),
      ("--file no-pool6.json", "file handle no-pool6.json"), ("--file missing.json", "file handle missing.json"),
      ("--file empty-object.json", "file handle empty-object.json"), ("--file ''", "file handle ''"),
    ] as [(String, String)])
  func handlesTheFileIfThereIsNoOtherMode(old: String, new: String) {
    let (first, second) = (Self.bench(), Self.bench())
    let outcome = first.run("jool \(old)")
    var expected = second.run("jool \(new)")
    expected.error = "Hint: Jool 4 spells this: jool \(new)\n" + expected.error
    #expect(outcome == expected)
    #expect(first.kernel.instances.map(\.name) == second.kernel.instances.map(\.name))
  }

  @Test func handlesTheFileOfASIIT() {
    let bench = TestBench()
    bench.directory = GoldenFile.folder + "files/file-full-siit"
    #expect(bench.run("jool_siit --file full.json").status == 0)
    #expect(bench.kernel.instances.map(\.type) == [.siit])
  }

  /// The options, the first part of the message, and the exit status.
  @Test(
    arguments: [
      ("--file good.json instance status", "Dead\n(Instance 'file' does not exist.)\n", 0),
      ("--file framework-only.json instance status", "Error: The file does not contain an instance name.\n", 234),
      ("--file missing.json --version", "Error: Could not open file \"missing.json\": No such file or directory\n", 2),
      ("-f good.json", "More arguments expected.\n", 234),
      ("--file good.json --file no-pool6.json", "jool: Too many arguments\n", 64),
      ("--file good.json --csv", "Jool Error: This namespace lacks an instance named 'file'.\n", 3),
      ("-p good.json --csv", "Illegal arguments combination.", 234),
      ("--file good.json foo", "Unexpected token: 'foo'\n", 234), ("--file", "jool: option '--file' requires", 64),
      ("--file good.json --session --count", "Jool Error: This namespace lacks an instance named 'file'.\n", 3),
    ] as [(String, String, UInt8)])
  func namesTheInstanceBeforeAnotherMode(options: String, text: String, status: UInt8) {
    let bench = Self.bench()
    let outcome = bench.run("jool \(options)")
    let message = outcome.error.split(separator: "\n", omittingEmptySubsequences: false).drop { $0.hasPrefix("Hint: ") }
    #expect((outcome.output + message.joined(separator: "\n")).hasPrefix(text), "\(outcome)")
    #expect(outcome.status == status)
    #expect(bench.kernel.instances.isEmpty)
  }

  private static func bench() -> TestBench {
    let bench = TestBench()
    bench.directory = GoldenFile.folder + "files/file-handle-nat64"
    return bench
  }
}
