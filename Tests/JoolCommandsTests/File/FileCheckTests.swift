import Testing

@testable import JoolCommands
@testable import JoolCore

/// `file check` finds without a module what `file handle` or the module would refuse.
@Suite struct FileCheckTests {
  @Test func needsNoModule() {
    let bench = Self.bench("file-full-nat64")
    #expect(bench.run("jool file check full.json") == Outcome())
    #expect(bench.kernel.requests.isEmpty)
  }

  @Test func findsWhatHandleFinds() {
    let bench = Self.bench("file-errors-global")
    let outcome = bench.run("jool file check e13.json")
    #expect(outcome.status == 234)
    #expect(outcome.error.contains("Unknown tag: ") && outcome.error.contains("(e13.json:1:46: "))
  }

  @Test func comparesTheNamesOfTheInstance() {
    #expect(
      Self.bench("file-full-nat64").run("jool -i other file check full.json").error.hasPrefix(
        "Error: The -i command line argument (other) does not match"))
  }

  @Test(
    arguments: [
      (#""global": { "pool6": "64:ff9b::/97" }"#, "97 is not a valid prefix length (32, 40, 48, 56, 64, 96)."),
      (#""global": { "pool6": "64:ff9b::1/96" }"#, "'64:ff9b::1/96' seems to have a suffix; please fix."),
      (#""global": { "pool6": "64::/96", "udp-timeout": "1:00" }"#, "udp-timeout must be at least 0:02:00."),
      (#""global": { "pool6": "64::/96", "lowest-ipv6-mtu": 1279 }"#, "lowest-ipv6-mtu must be at least 1280."),
      (#""global": { "pool6": "64::/96", "f-args": 16 }"#, "f-args goes up to 15."),
      (#""global": { "pool6": "64::/96", "eam-hairpin-mode": "off" }"#, "NAT64 has no eam-hairpin-mode."),
      (#""global": { "tos": 1 }"#, "Object 'global' is missing the 'pool6' child."),
      (
        #""global": { "pool6": "64::/96" }, "pool4": [ { "protocol": "tcp", "prefix": "192.0.2.1/24" } ]"#,
        "'192.0.2.1/24' seems to have a suffix; please fix."
      ),
    ] as [(String, String)])
  func findsWhatEveryModuleRefuses(members: String, message: String) {
    var reader = ConfigurationReader(translator: .nat64)
    reader.checksValues = true
    let text = #"{ "instance": "a", "framework": "netfilter", \#(members) }"#
    do throws(FileFailure) {
      _ = try reader.configuration(inText: Array(text.utf8), path: "F")
      Issue.record("accepted")
    } catch {
      #expect(error.text == message)
    }
  }

  private static func bench(_ folder: String) -> TestBench {
    let bench = TestBench()
    bench.kernel.loaded = []
    bench.directory = GoldenFile.folder + "files/" + folder
    return bench
  }
}
