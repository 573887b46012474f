import Testing

@testable import JoolCommands
@testable import JoolCore

/// Replays the recorded cases of the C programs in this process, against a module in memory.
@Suite struct GoldenTests {
  @Test(arguments: [
    "help-nat64", "help-siit", "root-nat64", "tokens-nat64", "autocomplete-nat64", "instance-add-errors",
    "instance-basic-nat64", "pool4-basic", "pool4-errors", "pool4-marks", "pool4-ranges", "bib", "bib-add-errors",
    "session-empty", "global-nat64", "global-siit", "global-bool", "global-int", "global-plateaus", "global-timeout",
    "stats-nat64", "denylist4", "eamt", "address-query", "own-siit", "own-legacy-siit",
  ])
  func answersLikeTheCPrograms(scenario: String) {
    let bench = TestBench()
    Self.prepare(bench, for: scenario)
    Self.replay(GoldenFile.cases(of: scenario), on: bench)
  }

  @Test func reportsAMissingModule() {
    let bench = TestBench()
    bench.kernel.loaded = []
    Self.replay(GoldenFile.cases(of: "nomod-nat64"), on: bench)
  }

  @Test func reportsThatTheOtherModuleIsLoaded() {
    let bench = TestBench()
    bench.kernel.loaded = [.nat64]
    Self.replay(GoldenFile.cases(of: "wrongmod-siit"), on: bench)
  }

  @Test func reportsMissingPrivileges() {
    let bench = TestBench()
    Self.prepare(bench, for: "unprivileged")
    bench.kernel.isPrivileged = false
    Self.replay(GoldenFile.cases(of: "unprivileged"), on: bench)
  }

  @Test func readsTheInstanceNameFromAFile() {
    let bench = TestBench()
    bench.directory = GoldenFile.folder + "files/root-file-option"
    bench.run("jool instance add --netfilter --pool6 64:ff9b::/96 alpha")
    Self.replay(GoldenFile.cases(of: "root-file-option"), on: bench)
  }

  @Test(arguments: [
    "file-handle-nat64", "file-full-nat64", "file-full-siit", "file-errors-global", "file-errors-siit",
  ])
  func handlesFilesLikeTheCPrograms(scenario: String) {
    let bench = TestBench()
    bench.kernel.pageSize = 100
    bench.directory = GoldenFile.folder + "files/" + scenario
    // The fake module does not simulate the case with several namespaces.
    let skipped = scenario == "file-handle-nat64" ? ["019"] : []
    Self.replay(GoldenFile.cases(of: scenario).filter { !skipped.contains($0.id) }, on: bench)
  }

  private static func prepare(_ bench: TestBench, for scenario: String) {
    let setup: [String: [String]] = [
      "tokens-nat64": ["jool instance add --netfilter --pool6 64:ff9b::/96"],
      "stats-nat64": [
        "jool instance add --netfilter -6 64:ff9b::/96", "jool pool4 add --tcp 192.0.2.1 1000-2000",
        "jool bib add 2001:db8::1#1234 192.0.2.1#1234",
      ],
      "session-empty": ["jool instance add --netfilter -6 64:ff9b::/96"],
      "global-siit": ["jool_siit instance add --netfilter"],
      "address-query": [
        "jool_siit instance add --netfilter --pool6 2001:db8:64::/96",
        "jool_siit eamt add 2001:db8:1::/120 192.0.2.0/24", "jool_siit eamt add 2001:db8:2::5 198.51.100.5",
        "jool_siit denylist4 add 203.0.113.0/24",
      ],
      "eamt": ["jool_siit instance add --netfilter"],
      "own-siit": ["jool_siit instance add"], "own-legacy-siit": ["jool_siit instance add"],
      "denylist4": ["jool_siit instance add --netfilter"],
      "unprivileged": ["jool instance add --netfilter -6 64:ff9b::/96", "jool_siit instance add --netfilter"],
    ]
    let plain = ["jool instance add --netfilter -6 64::/96"]
    let needsInstance = ["pool4-", "bib", "global-"].contains { scenario.hasPrefix($0) }
    for line in setup[scenario] ?? (needsInstance ? plain : []) { bench.run(line) }
    if scenario == "denylist4" { bench.kernel.pageSize = 100 }
  }

  static func replay(_ cases: [GoldenCase], on bench: TestBench, maskingTimes: Bool = false) {
    for golden in cases {
      let actual = masked(bench.run(golden.arguments), golden, times: maskingTimes)
      let expected = masked(golden.outcome, golden, times: maskingTimes)
      #expect(actual.output == expected.output, "\(golden)")
      #expect(actual.error == expected.error, "\(golden)")
      #expect(actual.status == expected.status, "\(golden)")
    }
  }

  /// Masks the parts of the output that golden cases do not promise.
  private static func masked(_ outcome: Outcome, _ golden: GoldenCase, times: Bool) -> Outcome {
    var outcome = outcome
    if times { outcome.output.replace(/\d+:\d\d:\d\d(\.\d{3})?/, with: "<TIME>") }
    // Each program has its own explanations of statistics.
    outcome.output.replace(/(JSTAT\w+: \d+\n)[^\n]+\n\n/) { "\($0.output.1)<EXPLANATION>\n\n" }
    outcome.output.replace(/(JSTAT\w+,\d+,)"[^"]*"/) { "\($0.output.1)\"<EXPLANATION>\"" }
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.hasPrefix("Report bugs to ") ? "Report bugs to <MASK>." : String(line)
    }
    // The C client prints freed memory after this line.
    let marker = "the beginning of this string:\n"
    if golden.outcome.error.contains("<MASK>"), let end = outcome.error.firstRange(of: marker)?.upperBound {
      outcome.error = outcome.error[..<end] + ""
    }
    outcome.output = (golden.isUnordered ? lines.sorted() : lines).joined(separator: "\n")
    return outcome
  }
}
