import Testing

@testable import JoolCommands
@testable import JoolCore

/// `session find` and `bib find`.
@Suite struct FindTests {
  private static let first = """
    [Dynamic TCP] 192.0.2.1#61001 - 2001:db8::8#40001
    ---------------------------------
    (ESTABLISHED) Expires in 1:59:57.276
    Remote: 192.0.2.8#80\t2001:db8::8#40001
    Local: 192.0.2.1#61001\t64:ff9b::c000:208#80
    ---------------------------------

    """

  @Test func tellsWhoAndWithWhom() throws {
    let bench = try SelectionTests.bench()
    #expect(bench.run("jool session find 192.0.2.1#61001") == Outcome(output: Self.first))
    #expect(bench.run("jool session find 2001:db8::8#40001") == Outcome(output: Self.first))
    #expect(
      bench.run("jool session find 192.0.2.1#61011").output == """
        [Dynamic UDP] 192.0.2.1#61011 - 2001:db8::8#40011
        ---------------------------------
        Expires in 1:59:57.276
        Remote: 192.0.2.8#53\t2001:db8::8#40011
        Local: 192.0.2.1#61011\t64:ff9b::c000:208#53
        ---------------------------------
        Expires in 1:59:57.276
        Remote: 192.0.2.9#1234\t2001:db8::8#40011
        Local: 192.0.2.1#61011\t64:ff9b::c000:209#1234
        ---------------------------------

        """)
  }

  /// The masks' ports of what is found, in the order of protocols.
  @Test(
    arguments: [
      ("192.0.2.1#61001", "61001"), ("2001:db8::99", "61080"), ("2001:db8::8#4242", "42"),
      ("192.0.2.1", "61001 61002 61003 61004 61005 61006 61007 61080 61011 61012 42"),
      ("192.0.2.1 --udp", "61011 61012"), ("192.0.2.1 --udp --icmp", "61011 61012 42"),
      // Servers, in both forms.
      ("192.0.2.9", "61005 61011"), ("64:ff9b::c000:209", "61005 61011"), ("192.0.2.9#81", "61005"),
      ("64:ff9b::c000:208#443", "61006 61007"), ("192.0.2.8#443", "61006 61007"), ("64:ff9b::c000:208 --icmp", "42"),
      ("192.0.2.1#61000-61002", "61001 61002"), ("2001:db8::90/124", "61080"),
    ])
  func findsByTheFormOfTheArgument(words: String, ports: String) throws {
    let bench = try SelectionTests.bench()
    let bindings = bench.run("jool bib find --csv --no-headers \(words)")
    #expect(bindings.status == 0)
    let found = bindings.output.split(separator: "\n").map { String($0.split(separator: ",")[4]) }
    #expect(found.joined(separator: " ") == ports)
    var sessions = bench.run("jool session find --csv --no-headers \(words)").output.split(separator: "\n")
      .map { String($0.split(separator: ",")[6]) }
    // A binding may have several sessions.
    for index in sessions.indices.dropFirst().reversed() where sessions[index] == sessions[index - 1] {
      sessions.remove(at: index)
    }
    #expect(sessions == found)
  }

  @Test func printsBindingsWithoutSessions() throws {
    let bench = try SelectionTests.bench()
    bench.kernel.instances[0].sessions.removeAll { $0.source4.port == 61080 }
    #expect(
      bench.run("jool session find 192.0.2.1#61080")
        == Outcome(output: "[Static TCP] 192.0.2.1#61080 - 2001:db8::99#443\n"))
    #expect(bench.run("jool session find 192.0.2.1#61080 --csv") == Outcome(output: SessionPrinter.csvHeader + "\n"))
    #expect(
      bench.run("jool session find 192.0.2.1#61080 --json").output == """
        [
          {"protocol": "TCP", "source6": {"address": "2001:db8::99", "port": 443}, \
        "source4": {"address": "192.0.2.1", "port": 61080}, "static": true, "sessions": []}
        ]

        """)
  }

  @Test func printsSessionsInsideTheirBindingAsJSON() throws {
    let bench = try SelectionTests.bench()
    let found = try json(bench.run("jool session find 192.0.2.9 --json").output)
    let bindings = try #require(found.array)
    #expect(bindings.map { $0["sessions"]?.array?.count } == [1, 1])
    #expect(bindings[1]["protocol"]?.text() == "\"UDP\"")
    let both = try json(bench.run("jool session find 192.0.2.1#61011 --json").output)
    #expect(both.array?.first?["sessions"]?.array?.count == 2)
    #expect(try json(bench.run("jool bib find 192.0.2.9 --json").output).array?.count == 2)
  }

  @Test func failsIfThereIsNothing() throws {
    let bench = try SelectionTests.bench()
    let error = "Error: No TCP, UDP, ICMP binding or session has 192.0.2.1#5.\n"
    #expect(bench.run("jool session find 192.0.2.1#5") == Outcome(error: error, status: 1))
    #expect(bench.run("jool bib find 192.0.2.1#5") == Outcome(error: error, status: 1))
    #expect(bench.run("jool session find 2001:db8::7 --udp").status == 1)
    #expect(bench.run("jool session find 64:ff9b::1").status == 1)
    let outcome = bench.run("jool session find 192.0.2.1#5 --json")
    #expect(outcome.output == "[]\n")
    #expect(outcome.error.contains(#""status": 1"#))
    #expect(bench.run("jool bib find 192.0.2.1#5 --json").output == "[]\n")
    #expect(bench.run("jool_siit session find 192.0.2.1#5").status == 234)
  }

  @Test func reportsTheModulesErrors() throws {
    let bench = try SelectionTests.bench()
    #expect(bench.run("jool -i nope session find 192.0.2.1").status == 3)
    #expect(bench.run("jool session find 192.0.2.1 192.0.2.2").status == 64)
  }
}
