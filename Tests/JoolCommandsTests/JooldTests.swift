import Testing

@testable import JoolCommands

/// Tests of the arguments and files of `joold`, the deprecated daemon.
@Suite struct JooldTests {
  private static let deprecation = "Warning: `joold` is deprecated. See `jool session proxy --help`.\n"

  private static let folder = GoldenFile.folder + "files/joold"

  private func run(_ arguments: String...) -> Outcome {
    let bench = TestBench()
    bench.kernel.loaded = []
    bench.directory = Self.folder
    var outcome = bench.run(["joold"] + arguments)
    #expect(outcome.error.hasPrefix(Self.deprecation))
    outcome.error.removeFirst(Self.deprecation.count)
    return outcome
  }

  @Test(
    arguments: [
      ("missing.json", #"missing.json: Could not open file "missing.json": No such file or directory"#, 2),
      (
        "broken.json",
        """
        broken.json:1:15: JSON syntax error: expected a value.
        The JSON parser got confused around about here:

        """, 1
      ),
      (
        "empty.json",
        "empty.json:1:1: The field 'multicast address' is mandatory; please include it in the file.", 22
      ),
      ("port.json", "port.json:3:21: Field 'multicast port' is not a string.", 22),
      ("ttl.json", "ttl.json:2:10: Field 'ttl' is not a valid integer.", 22),
      ("ttl-range.json", "ttl-range.json:2:10: ttl out of range: 256 (0-255)", 1),
    ] as [(String, String, UInt8)])
  func reportsTheMistakeInAFileAndItsPlace(path: String, message: String, status: UInt8) {
    #expect(run(path, "empty.json") == Outcome(output: "", error: message + "\n", status: status))
  }

  @Test func readsTheModuleFileFirst() {
    #expect(run("missing-network.json", "missing-module.json").error.hasPrefix("missing-module.json: Could not open"))
    #expect(
      run("missing-network.json", "instance.json").error.hasPrefix("instance.json:1:15: The instance name"))
  }

  @Test func hasDefaultsForBothFiles() {
    #expect(run().error.hasPrefix("modsocket.json: Could not open"))
    #expect(run("net.json").error.hasPrefix("modsocket.json: Could not open"))
  }

  @Test func ignoresTheCaseOfKeys() throws {
    let files = try JooldFiles(networkPath: Self.folder + "/net.json", modulePath: Self.folder + "/module.json")
    #expect(files.instanceName == "alpha")
    #expect(
      files.arguments
        == ProxyArguments(
          network: LinkOptions(
            multicastAddress: "ff08::db8:64:64", port: "6464", inputDevices: ["ss0"], outputDevices: ["ss1"],
            timeToLive: 3)))
  }

  @Test func refusesMoreThanThreeArguments() {
    #expect(run("a", "b", "c", "d").status == 64)
  }

  @Test func printsHelpOnRequest() {
    #expect(run("--help").status == 0)
    #expect(run("--version").output == "4.1.15.0\n")
  }
}
