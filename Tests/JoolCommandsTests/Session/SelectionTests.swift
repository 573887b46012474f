import Testing

@testable import JoolCommands
@testable import JoolCore

/// The filter of `session display`, `count`, `follow` and of `bib display`, its order and its limit.
@Suite struct SelectionTests {
  /// A module with the sessions of the golden cases, and a binding for each of them.
  static func bench() throws -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add --netfilter --pool6 64:ff9b::/96")
    let sessions = try SessionGoldenTests.sessions
    bench.kernel.instances[0].sessions = sessions
    var bindings: [BIBEntry] = []
    for session in sessions {
      let entry = BIBEntry(
        proto: session.proto, source6: session.source6, source4: session.source4,
        isStatic: session.source4.port == 61080)
      if !bindings.contains(entry) { bindings.append(entry) }
    }
    bench.kernel.instances[0].bib = bindings.sorted { $0.source4 < $1.source4 }
    return bench
  }

  /// The column of `session display --csv`, counted from 0.
  private static func column(_ number: Int, of text: String) -> String {
    text.split(separator: "\n").map { String($0.split(separator: ",")[number]) }.joined(separator: " ")
  }

  @Test(
    arguments: [
      ("--source4 192.0.2.1#61003-61005", "61003 61004 61005"),
      ("--source4 192.0.2.0/24#61007", "61007"),
      ("--source4 192.0.2.2", ""),
      ("--source6 2001:db8::99", "61080"),
      ("--source6 2001:db8::/32#40001-40002", "61001 61002"),
      ("--destination4 192.0.2.9", "61005"),
      ("--destination4 192.0.2.8#443", "61006 61007"),
      ("--state trans,V6_INIT", "61005 61006"),
      ("--state UNKNOWN", ""),
      ("--limit 2", "61001 61002"),
      ("--udp --limit 2", "61011 61011"),
      ("--tcp --udp --icmp --destination4 192.0.2.9", "61005 61011"),
      ("--udp --icmp", "61011 61011 61012 42"),
      ("--sort source4 --reverse --limit 2", "61080 61007"),
      ("--sort source6 --limit 1 --reverse", "61080"),
      ("--sort destination4 --limit 3", "61001 61004 61006"),
      ("--tcp --icmp --sort source4 --limit 2", "42 61001"),
      ("--expires-under 2h", "61001 61002 61003 61004 61005 61006 61007 61080"),
      ("--expires-under 1:59:57", ""), ("--expires-over 7197s", "61001 61002 61003 61004 61005 61006 61007 61080"),
      ("--expires-over 119m --expires-under 120m --limit 1", "61001"),
    ])
  func displaysTheSessionsThatFit(options: String, ports: String) throws {
    let outcome = try Self.bench().run("jool session display --numeric --csv --no-headers \(options)")
    #expect(outcome.error == "")
    #expect(outcome.status == 0)
    #expect(Self.column(6, of: outcome.output) == ports)
  }

  @Test func displaysTheSameInEveryFormat() throws {
    let bench = try Self.bench()
    let nothing = "--source4 192.0.2.77"
    #expect(bench.run("jool session display \(nothing)").output == "---------------------------------\n")
    #expect(bench.run("jool session display \(nothing) --csv").output == SessionPrinter.csvHeader + "\n")
    #expect(bench.run("jool session display \(nothing) --json").output == "[]\n")
    #expect(try json(bench.run("jool session display --json --limit 3").output).array?.count == 3)
  }

  @Test func namesTheProtocolOfEachSessionIfThereAreSeveral() throws {
    let bench = try Self.bench()
    let text = bench.run("jool session display --numeric --tcp --icmp --source4 192.0.2.1#1-61001").output
    #expect(
      text == """
        ---------------------------------
        TCP (ESTABLISHED) Expires in 1:59:57.276
        Remote: 192.0.2.8#80\t2001:db8::8#40001
        Local: 192.0.2.1#61001\t64:ff9b::c000:208#80
        ---------------------------------
        ICMP Expires in 1:59:57.276
        Remote: 192.0.2.8#42\t2001:db8::8#4242
        Local: 192.0.2.1#42\t64:ff9b::c000:208#4242
        ---------------------------------

        """)
    #expect(bench.run("jool session display --numeric --icmp").output.contains("\nExpires in"))
  }

  @Test func asksOnlyForWhatItNeeds() throws {
    let bench = try Self.bench()
    func requests(_ line: String) -> Int {
      let before = bench.kernel.requests.count
      bench.run(line)
      return bench.kernel.requests.count - before
    }
    #expect(requests("jool session display --csv --numeric") == 3)
    #expect(requests("jool session display --csv --numeric --source4 192.0.2.1#61007") == 1)
    #expect(requests("jool session display --csv --numeric --limit 3") == 1)
    #expect(requests("jool session display --csv --numeric --sort expires --limit 3") == 3)
    #expect(requests("jool session display --csv --numeric --sort source4 --limit 3") == 1)
    #expect(requests("jool session count --tcp --source4 192.0.2.1#61007") == 1)
    #expect(requests("jool session count --tcp --limit 2") == 1)
    #expect(requests("jool bib display --source4 192.0.2.1#61004-61005") == 1)
    #expect(requests("jool session find 192.0.2.1#61007 --tcp") == 2)
  }

  @Test func countsWhatFits() throws {
    let bench = try Self.bench()
    #expect(bench.run("jool session count").output == "TCP: 8\nUDP: 3\nICMP: 1\n")
    #expect(bench.run("jool session count --source6 2001:db8::8 --udp --tcp").output == "TCP: 7\nUDP: 3\n")
    #expect(bench.run("jool session count --state ESTABLISHED").output == "TCP: 2\n")
    #expect(bench.run("jool session count --limit 2").output == "TCP: 2\nUDP: 2\nICMP: 1\n")
    #expect(
      bench.run("jool session count --destination4 192.0.2.9 --json").output
        == "{\"TCP\": 1, \"UDP\": 1, \"ICMP\": 0}\n")
  }

  @Test func displaysTheBindingsThatFit() throws {
    let bench = try Self.bench()
    let start = "jool bib display --numeric"
    #expect(
      bench.run("\(start) --tcp --udp --source6 2001:db8::8#40007-40011").output == """
        [Dynamic TCP] 192.0.2.1#61007 - 2001:db8::8#40007
        [Dynamic UDP] 192.0.2.1#61011 - 2001:db8::8#40011

        """)
    #expect(bench.run("\(start) --limit 1").output == "[Dynamic TCP] 192.0.2.1#61001 - 2001:db8::8#40001\n")
    #expect(
      bench.run("\(start) --sort source6 --reverse --limit 1").output
        == "[Static TCP] 192.0.2.1#61080 - 2001:db8::99#443\n")
    #expect(bench.run("\(start) --source4 192.0.2.9 --csv").output.hasPrefix("Protocol,"))
  }

  /// Each error names the option and what to write instead.
  @Test(
    arguments: [
      ("session display --source4 2001:db8::1", "--source4", "IPv4 address or prefix"),
      ("session display --source4 192.0.2.1:80", "--source4", "192.0.2.0/24#61001-61099"),
      ("session display --source4 192.0.2.1#99999", "--source4", "192.0.2.0/24#61001-61099"),
      ("session display --source6 192.0.2.1", "--source6", "2001:db8::/64#40001"),
      ("session count --source6 2001:db8::/129", "--source6", "IPv6 address or prefix"),
      ("session follow --destination4 server.example", "--destination4", "IPv4 address or prefix"),
      ("session display --state CLOSED", "--state", "ESTABLISHED,V6_INIT"),
      ("session display --state ESTABLISHED,", "--state", "use one or more of"),
      ("session display --state TRANS --udp", "--state", "--tcp alone"),
      ("session display --expires-under soon", "--expires-under", "30s"),
      ("session display --expires-over 1194h", "--expires-over", "1193 hours"),
      ("session display --expires-over -1", "--expires-over", "HH:MM:SS"),
      ("session count --expires-under 30s --expires-over 1m", "--expires-over", "shorter time"),
      ("session display --sort age", "--sort", "expires, source6, source4, destination4"),
      ("bib display --sort expires", "--sort", "source6, source4"),
      ("session display --reverse", "--reverse", "--sort"),
      ("session display --limit 0", "--limit", "from 1 to"),
      ("session display --limit many", "--limit", "from 1 to"),
      ("session follow --sort expires", "--sort", "session display"),
      ("session follow --reverse", "--reverse", "session display"),
      ("session count --sort expires", "--sort", "session display"),
      ("session find example.com", "example.com", "192.0.2.1#61001"),
      ("session find", "address", "missing"),
    ])
  func explainsWhatIsWrong(line: String, name: String, remedy: String) throws {
    let bench = try Self.bench()
    let before = bench.kernel.requests.count
    let outcome = bench.run("jool \(line)")
    #expect(outcome.status == 234)
    #expect(outcome.output == "")
    #expect(outcome.error.contains(name) && outcome.error.contains(remedy), "\(outcome.error)")
    #expect(bench.kernel.requests.count == before, "nothing was asked")
  }

  @Test func keepsTheAbbreviationsOfTheCClient() throws {
    let bench = try Self.bench()
    #expect(bench.run("jool session display --s").status == 64)
    #expect(bench.run("jool session follow --u").output.hasPrefix("Usage: follow"))
    #expect(bench.run("jool session display --n --i").status == 64)
    #expect(bench.run("jool session display --nu --i").status == 0)
    #expect(bench.run("jool session follow --help").output.contains("--sort") == false)
    #expect(bench.run("jool autocomplete 3 session follow").output.contains("--sort") == false)
  }
}
