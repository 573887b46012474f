import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the candidates that the programs print for the shells.
@Suite struct ShellCompletionTests {
  @Test(
    arguments: [
      ("p", ["pool4"]), ("pool4 ''", ["display", "add", "remove", "flush"]), ("po d", ["display"]),
      ("global update ss-max", ["ss-max-payload", "ss-max-sessions-per-packet"]),
      ("global update ss-enabled ''", ["true", "false"]), ("global update ss-enabled t", ["true"]),
      ("global update tos ''", []), ("pool4 add --max-iterations ''", ["auto", "infinity"]),
      ("pool4 add --max-iterations=i", ["--max-iterations=infinity"]), ("pool4 display --u", ["--udp", "--usage"]),
      ("instance add -6 ''", ["64:ff9b::/96"]), ("--in", ["--instance"]), ("-i ''", ["main", "other"]),
      ("--instance=o", ["--instance=other"]), ("-i main ses", ["session"]), ("instance remove m", ["main"]),
      ("file handle ''", [":files"]), ("-f ''", [":files"]), ("nonsense ''", []), ("", ["instance"]),
      ("-x ''", []), ("bib add --mark=", []), ("--file=x", [":files"]),
      ("session proxy --net.format=l", ["--net.format=legacy"]),
      ("session proxy --tr", ["--track-file"]), ("session proxy ''", ["status", "keygen"]),
      ("session proxy status --r", ["--ready"]), ("session proxy --check ''", []), ("session --u", ["--usage"]),
      ("session proxy --track-file ''", [":files"]), ("bib add --pro", []),
    ] as [(String, [String])])
  func offersMatchingCandidates(words: String, candidates: [String]) {
    let outcome = Self.bench().run("jool complete \(words)")
    let offered = outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    if words.isEmpty {
      #expect(offered.first == candidates[0])
    } else {
      #expect(offered == candidates)
    }
    #expect(outcome.status == 0 && outcome.error.isEmpty)
  }

  @Test func worksWithoutAModule() {
    let bench = TestBench()
    bench.kernel.loaded = []
    #expect(bench.run("jool complete session fo").output == "follow\tPrint sessions as the instance announces them\n")
    #expect(bench.run("jool complete -i ''") == Outcome())
  }

  @Test func explainsOptions() {
    #expect(Self.bench().run("jool complete bib display --n").output.contains("--numeric\tDo not resolve names\n"))
  }

  private static func bench() -> TestBench {
    let bench = TestBench()
    bench.run("jool -i other instance add --iptables -6 64:ff9b::/96")
    bench.run("jool instance add main -6 64:ff9b::/96")
    return bench
  }
}
