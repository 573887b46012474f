import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests that `file check` finds, without a module, the mistakes that `file handle` or the module would refuse.
@Suite struct FileCheckTests {
  @Test func needsNoModule() {
    let bench = Self.bench("file-full-nat64")
    let outcome = bench.run("jool file check full.json")
    #expect(outcome.status == 0)
    #expect(
      outcome.error == """
        Warning: ss-max-payload has no effect since Jool 4.1.11.0: ss-max-sessions-per-packet replaced it.
        (full.json:15:87)

        """)
    #expect(bench.kernel.requests.isEmpty)
  }

  @Test func reportsTheErrorsOfFileHandle() {
    let bench = Self.bench("file-errors-global")
    let outcome = bench.run("jool file check e13.json")
    #expect(outcome.status == 234)
    #expect(outcome.error.contains("Unknown tag: ") && outcome.error.contains("(e13.json:1:46: "))
  }

  @Test func refusesAFileOfAnotherInstance() {
    #expect(
      Self.bench("file-full-nat64").run("jool -i other file check full.json").error.hasPrefix(
        "Error: The -i command line argument (other) does not match"))
  }

  @Test func failsWithoutForceAndWarnsWithIt() {
    let bench = Self.bench("check")
    let warning = """
      Warning: [2001:db8:1::/124, 198.51.100.0/28] overlaps with [2001:db8:1::/120, 192.0.2.0/24].
      (overlap.json:6:5: `file handle` accepts it with --force only)

      """
    let refused = bench.run("jool_siit file check overlap.json")
    #expect(refused.status == 234)
    #expect(
      refused.error == warning
        + "Error: `file handle` refuses the file without --force.\n"
        + "(overlap.json:6:5: `file check --force` accepts it)\n")
    #expect(bench.run("jool_siit file check --force overlap.json") == Outcome(error: warning))
    #expect(
      bench.run("jool_siit file check --force --json overlap.json").error == """
        {"warning": {"message": "[2001:db8:1::/124, 198.51.100.0/28] overlaps with [2001:db8:1::/120, 192.0.2.0/24].", \
        "file": "overlap.json", "line": 6, "column": 5, "advice": "`file handle` accepts it with --force only"}}

        """)
  }

  @Test func checksForTheRequestedRelease() {
    let bench = Self.bench("check")
    let old = bench.run("jool file check --module 4.1.9 new.json")
    #expect(old.error.hasPrefix("Error: ss-max-sessions-per-packet needs module 4.1.11.0 or later"))
    #expect(bench.run("jool file check --module 4.1.11 new.json") == Outcome())
    #expect(bench.run("jool file check --module 4.0.1 new.json").error.hasPrefix("Error: '4.0.1' is not a release"))
    // Without --module the release is that of the loaded module.
    bench.versionInSysfs = ModuleVersion(4, 1, 9)
    #expect(bench.run("jool file check new.json").status == 234)
  }

  @Test func warnsOfDeprecatedKeys() {
    let outcome = Self.bench("check").run("jool_siit file check blacklist.json")
    #expect(outcome.status == 0)
    #expect(outcome.error == "Warning: \"blacklist4\" is deprecated.\n(blacklist.json:4:3: call it \"denylist4\")\n")
  }

  private static func bench(_ folder: String) -> TestBench {
    let bench = TestBench()
    bench.kernel.loaded = []
    bench.directory = GoldenFile.folder + "files/" + folder
    return bench
  }
}
