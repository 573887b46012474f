import JoolDaemon
import Testing

@testable import JoolCommands
@testable import JoolCore
@testable import JoolSession

/// `session top` without a terminal, and its readings.
@Suite struct SessionTopTests {
  private static func bench() throws -> TestBench {
    let bench = try SelectionTests.bench()
    bench.run("jool pool4 add --tcp 192.0.2.1 61001-61009")
    bench.run("jool pool4 add --udp 192.0.2.1 61001-61099")
    return bench
  }

  @Test func printsAReport() throws {
    let outcome = try Self.bench().run("jool session top --once --numeric")
    #expect(outcome.error == "")
    #expect(
      outcome.output == """
        session top: instance default, every 2 s

        Protocol    Sessions       New/s     Ended/s
        TCP                8           -           -
        UDP                3           -           -
        ICMP               1           -           -
        All               12           -           -
        TCP states: ESTABLISHED 2, V6_INIT 1, V4_INIT 1, V4_FIN_RCV 1, V6_FIN_RCV 1, V4_FIN_V6_FIN_RCV 1, TRANS 1
        Synchronization: no proxy
        pool4               Mark  Protocol     In use   Capacity      Use
        192.0.2.1              0  TCP               7          9   77.8 %
        192.0.2.1              0  UDP               2         99    2.0 %
        2 bindings outside pool4

          Sessions     Share      New/s  source6  (all 2, sorted by sessions)
                11    91.7 %          -  2001:db8::8
                 1     8.3 %          -  2001:db8::99

        """)
  }

  @Test(
    arguments: [
      ("--by destination-port --tcp --limit 2", "TCP 80 http, TCP 443 https"), ("--by protocol", "TCP, UDP, ICMP"),
      ("--by destination4", "server.example, 192.0.2.9"), ("--by destination4 --numeric", "192.0.2.8, 192.0.2.9"),
      ("--source6 2001:db8::99", "2001:db8::99"), ("--by source6/64 --state TRANS", "2001:db8::/64"),
    ])
  func printsGroups(options: String, groups: String) throws {
    let bench = try Self.bench()
    bench.names = { "\($0)" == "192.0.2.8" ? .name("server.example") : .none }
    let lines = bench.run("jool session top --once \(options)").output.split(separator: "\n")
    let heading = try #require(lines.firstIndex { $0.hasPrefix("  Sessions") })
    #expect(lines[(heading + 1)...].map { $0.dropFirst(33) }.joined(separator: ", ") == groups)
  }

  @Test func printsJSON() throws {
    let bench = try Self.bench()
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in
      ProxyStatus(
        nodeStatus: NodeStatus(.mending, isReady: true), format: .auto, node: 1, sessions: 0, bibEntries: 0,
        legacyPeers: 0, counters: [], peers: [])
    }
    let report = try json(bench.run("jool session top --once --json --by source4 --limit 1").output)
    #expect(report["sessions"]?.content == .number("12"))
    #expect(report["span_ms"]?.content == .null)
    #expect(report["protocols"]?.array?.map { $0["sessions"]?.text() } == ["8", "3", "1"])
    #expect(report["protocols"]?.array?.first?["begun"]?.content == .null)
    #expect(report["top"]?.array?.map { $0["group"]?.text() } == ["\"192.0.2.1\""])
    #expect(
      report["pool4"]?.array?.first?.text()
        == #"{"mark": 0, "protocol": "TCP", "address": "192.0.2.1", "in_use": 7, "capacity": 9, "nearly_full": false}"#)
    #expect(report["bindings_outside_pool4"]?.content == .number("2"))
    #expect(
      report["synchronization"]?.text()
        == #"{"state": "mending", "ready": true, "peers": 0, "ready_peers": 0}"#)
  }

  @Test(
    arguments: [
      (ProxyControl.Failure.disconnected, "the proxy does not answer this user"),
      (.stalled, "the proxy does not answer"), (.refused("no"), "the proxy does not answer"),
    ])
  func printsThatTheProxyDoesNotAnswer(failure: ProxyControl.Failure, text: String) throws {
    let bench = try Self.bench()
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in throw failure }
    #expect(bench.run("jool session top --once").output.split(separator: "\n").contains("Synchronization: \(text)"))
  }

  @Test(
    arguments: [
      ("--interval 0", "Error: '0' is not a valid value of --interval; write at least a tenth of a second"),
      ("--interval x", "Error: 'x' is not a valid value of --interval"),
      ("--by source5", "Error: 'source5' is not a valid grouping; use one of source6, source6/64, source4"),
      ("--sort expires", "Error: --sort does not work here, because groups have an order of their own."),
      ("--udp --state TRANS", "Error: --state needs --tcp alone"), ("--limit 0", "Error: '0' is not a valid value"),
    ])
  func refusesWrongOptions(options: String, error: String) throws {
    let outcome = try Self.bench().run("jool session top --once \(options)")
    #expect(outcome.error.hasPrefix(error), "\(outcome.error)")
    #expect(outcome.status != 0 && outcome.output == "")
  }

  @Test func reportsTheModulesErrors() throws {
    #expect(try Self.bench().run("jool -i nope session top --once").status == 3)
    #expect(try Self.bench().run("jool_siit session top --once").status == 234)
  }

  /// A filter on a pool4 address reads this part of the table, and of pool4.
  @Test func readsOnlyThePartOfThePool4Address() throws {
    let bench = try Self.bench()
    bench.kernel.pageSize = 1
    bench.run("jool pool4 add --tcp 192.0.2.2 1000-1999")
    let before = bench.kernel.requests.count
    let outcome = bench.run("jool session top --once --json --tcp --source4 192.0.2.1#61003")
    let sent = bench.kernel.requests.dropFirst(before)
    #expect(sent.count { $0 == .sessionForEach } <= 2)
    let report = try json(outcome.output)
    #expect(report["sessions"]?.content == .number("1"))
    // All ports of the address count for its use.
    #expect(report["pool4"]?.array?.map { $0["in_use"]?.text() } == ["7"])
  }

  /// The view looks for keys after each page, even if no row of the page fits.
  @Test func returnsAfterEachPage() throws {
    let bench = try Self.bench()
    bench.kernel.pageSize = 2
    var selection = RowSelection()
    selection.filter.source6 = TransportRange("2001:db8::aaaa")
    var reading = TopReading(selection, by: .source6, previous: nil)
    var client = try TranslatorClient(
      transport: bench.kernel.transport(), translator: .nat64, module: bench.kernel.version)
    var isComplete = false
    while !isComplete {
      let before = bench.kernel.requests.count
      isComplete = try reading.step(from: &client)
      #expect(bench.kernel.requests.count - before <= 1)
    }
    #expect(reading.summary.sessions == 0)
  }

  @Test func knowsRatesFromTheSecondReadingOn() throws {
    let bench = try Self.bench()
    var client = try TranslatorClient(
      transport: bench.kernel.transport(), translator: .nat64, module: bench.kernel.version)
    func read(after previous: TopResult?) throws -> TopResult {
      var reading = TopReading(RowSelection(), by: .source6, previous: previous?.keys)
      while try !reading.step(from: &client) {}
      return TopResult(reading, previous: previous, span: Milliseconds(500), readingTime: Milliseconds(1))
    }
    func report(_ result: TopResult) -> TopReport {
      result.report(of: "default", TopControls(), limit: 5) { TopGrouping.source6.text(of: $0) }
    }
    let first = try read(after: nil)
    #expect(report(first).span == nil)
    let sessions = bench.kernel.instances[0].sessions
    bench.kernel.instances[0].sessions.removeAll { $0.source4.port == 61080 || $0.state == .trans }
    let second = report(try read(after: first))
    #expect(second.protocolLines[0] == "TCP                6         0.0         4.0")
    #expect(second.states.first { $0.name == "TRANS" } == .init(name: "TRANS", sessions: 0, before: 1))
    let third = try read(after: try read(after: first))
    bench.kernel.instances[0].sessions = sessions
    let fourth = report(try read(after: third))
    #expect(fourth.protocolLines[3] == "All               12         4.0         0.0")
    #expect(fourth.groups.map(\.count.begun) == [1, 1])
  }
}
