import JoolCore
import Testing

@testable import JoolCommands
@testable import JoolDaemon
@testable import JoolSession

@Suite struct ProxyStatusTests {
  /// A node that was translating when it fell behind, and therefore keeps its addresses.
  private static let mending = NodeStatus(.mending, isReady: true, because: "The module is behind.")
  private static let status = ProxyStatus(
    nodeStatus: mending, format: .auto, node: 0xAB, sessions: 20, bibEntries: 7, legacyPeers: 1,
    counters: [.init(name: "CHANGES", value: 3), .init(name: "NAKS", value: 0)],
    peers: [
      .init(
        node: 0x1234_5678_9ABC_DEF0, address: IPv6Address(bits: 0xFE80 << 112 | 5), state: .ready, isReady: true,
        sessions: 19, silence: 412, missing: 1, gaps: 2, lost: 3)
    ])

  private static let ready = NodeStatus(.ready, isReady: true)

  private func bench(_ nodeStatus: NodeStatus = ready) -> TestBench {
    let bench = TestBench()
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in
      var status = Self.status
      status.nodeStatus = nodeStatus
      return status
    }
    return bench
  }

  @Test func printsTheStatusAsText() {
    #expect(
      bench(Self.mending).run("jool session proxy status").output == """
        State: ready, mending
        Mending: The module is behind.
        Format: auto
        Node: 00000000000000ab
        Sessions: 20 (BIB entries: 7)
        Peers: 1, C proxies heard: 1
          fe80::5 (node 123456789abcdef0): ready, 19 sessions, heard 412 ms ago; updates missing: 1, gaps: 2, lost: 3
        Counters:
          CHANGES: 3

        """)
  }

  @Test func printsTheStatusAsJSON() throws {
    let output = bench(Self.mending).run("jool session proxy status --json").output
    let status = try json(output)
    #expect(status["state"]?.content == .string("mending"))
    #expect(status["ready"]?.content == .boolean(true))
    #expect(status["mending_because"]?.content == .string("The module is behind."))
    #expect(status["peers"]?.array?.first?["ready"]?.content == .boolean(true))
    #expect(status["peers"]?.array?.first?["silence_ms"]?.content == .number("412"))
    #expect(status["counters"]?["CHANGES"]?.content == .number("3"))
  }

  @Test(arguments: NodeStatus.State.allCases, [false, true])
  func failsWithReadyUnlessTheNodeIsReady(state: NodeStatus.State, isReady: Bool) {
    let bench = bench(NodeStatus(state, isReady: isReady))
    #expect(bench.run("jool session proxy status").status == 0)
    let outcome = bench.run("jool session proxy status --ready")
    #expect(outcome.status == (isReady ? 0 : 1))
    #expect(outcome.error == (isReady ? "" : "Error: The session proxy is not ready: \(state.rawValue).\n"))
  }

  @Test func encodesAndDecodesTheStatus() {
    for nodeStatus in [Self.mending, Self.ready, NodeStatus(.starting, isReady: false)] {
      var status = Self.status
      status.nodeStatus = nodeStatus
      #expect(ProxyStatus(text: status.text) == status)
    }
    for damage in ["", "state joining", Self.status.text + "\npeer 1 :: ready"] {
      #expect(ProxyStatus(text: damage) == nil)
    }
  }

  @Test func printsFindingsAboutTheGroup() throws {
    let bench = TestBench()
    let finding = "K's pool4 lacks TCP 192.0.2.1 61001-61500; sessions that use it here will break on failover to K."
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in
      var status = Self.status
      status.findings = [finding]
      return status
    }
    #expect(bench.run("jool session proxy status").output.contains("\nWarning: \(finding)\nCounters:"))
    let output = bench.run("jool session proxy status --json").output
    let status = try json(output)
    #expect(status["findings"]?.array?.map(\.content) == [.string(finding)])
    var decoded = Self.status
    decoded.findings = [finding]
    #expect(ProxyStatus(text: decoded.text) == decoded)
  }

  @Test func printsTheReasonWhyANodeIsAlone() throws {
    let bench = TestBench()
    var alone = Self.status
    alone.nodeStatus = Self.ready
    alone.noPeerReason = "No peer is received; the last one was fe80::5, 35 s ago."
    let answer = alone
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in answer }
    #expect(
      bench.run("jool session proxy status").output.hasPrefix(
        "State: ready, alone\nAlone: No peer is received; the last one was fe80::5, 35 s ago.\nFormat: auto\n"))
    let status = try json(bench.run("jool session proxy status --json").output)
    #expect(status["alone"]?.content == .boolean(true))
    #expect(status["alone_because"]?.content == .string("No peer is received; the last one was fe80::5, 35 s ago."))
    #expect(
      bench.run("jool session proxy status --ready").status == 0, "A node without peers is not ready.")
    #expect(ProxyStatus(text: alone.text) == alone)
  }

  @Test func comparesTheNumberOfReadyPeers() {
    let ready = "jool session proxy status --ready"
    #expect(bench().run("\(ready) --peers 1").status == 0)
    #expect(bench().run("\(ready) --peers 0").status == 0)
    let outcome = bench().run("\(ready) --peers 2")
    #expect(outcome.status == 1)
    #expect(
      outcome.error == "Error: The session proxy is ready, but only 1 of its peers are ready. --peers requires 2.\n")
    let starting = bench(NodeStatus(.starting, isReady: false))
    #expect(starting.run("\(ready) --peers 1").error == "Error: The session proxy is not ready: starting.\n")
    for (state, isReady) in [(.starting, false), (.silent, false), (.mending, false), (.mending, true)]
      as [(ProxyStatus.Peer.State, Bool)]
    {
      let bench = TestBench()
      bench.proxyStatus = { (_) throws(ProxyControl.Failure) in
        var status = Self.status
        status.nodeStatus = Self.ready
        status.peers[0].state = state
        status.peers[0].isReady = isReady
        return status
      }
      #expect(bench.run("\(ready) --peers 1").status == (isReady ? 0 : 1))
      let name = isReady ? "ready, mending" : state.rawValue
      #expect(bench.run(ready).output.contains("(node 123456789abcdef0): \(name), 19 sessions"))
    }
    #expect(bench().run("jool session proxy status --peers 1").status == 22)
    #expect(bench().run("\(ready) --peers x").status != 0)
    #expect(bench().run("\(ready) --peers -1").status != 0)
  }

  @Test func reportsAStalledProxy() {
    let bench = TestBench()
    bench.proxyStatus = { (_) throws(ProxyControl.Failure) in throw .stalled }
    let outcome = bench.run("jool session proxy status --ready")
    #expect(outcome.status == 110)
    #expect(outcome.error.hasPrefix("Error: The session proxy runs, but has not reacted for ten seconds."))
  }

  @Test(arguments: ["--ready", "--json"]) func refusesOptionsOfTheStatusWithoutTheWord(option: String) {
    let outcome = TestBench().run("jool session proxy \(option) ff08::1")
    #expect(outcome.error.contains("proxy: unrecognized option '\(option)'"))
    #expect(outcome.status == 64)
  }

  @Test(arguments: ["status", "keygen"]) func refusesAnOperationAsTheNameOfAGroup(word: String) {
    let outcome = TestBench().run("jool session proxy -p 6464 \(word)")
    #expect(
      outcome.error == """
        Error: '\(word)' is an operation, not an argument. Write it directly after 'proxy': proxy \(word) [OPTION...]

        """)
    #expect(outcome.status == 234)
    #expect(TestBench().run("jool session proxy \(word) ff08::1").status == 64)
  }

  /// A node without peers cannot fail over, whatever the reason.
  @Test func failsTheCheckIfTheProxyHasNoPeers() {
    let bench = bench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool global update ss-enabled true")
    let check = "jool session proxy --check --net.peer 2001:db8::5"
    #expect(bench.run(check) == Outcome())

    func outcome(_ change: @escaping @Sendable (inout ProxyStatus) -> Void) -> Outcome {
      bench.proxyStatus = { (_) throws(ProxyControl.Failure) in
        var status = Self.status
        (status.peers, status.legacyPeers) = ([], 0)
        change(&status)
        return status
      }
      return bench.run(check)
    }
    let alone = outcome { $0.noPeerReason = "No peer was received." }
    #expect(alone.status == 1)
    #expect(alone.error.contains("- No peer was received. Check the group"))
    let onlyC = outcome { $0.legacyPeers = 1 }
    #expect(onlyC.status == 0)
    #expect(onlyC.error.contains("no settings were compared"))
  }

  @Test func reportsAMissingProxy() {
    let outcome = TestBench().run("jool -i x session proxy status")
    #expect(outcome.status == 3)
    #expect(outcome.error.hasPrefix("Error: No session proxy runs for instance 'x'"))
  }

  @Test func listsTheFormatsIfOneIsUnknown() {
    let outcome = TestBench().run("jool session proxy --net.format c ff08::1")
    #expect(outcome.error == "Error: 'c' is not a valid format; use one of auto, legacy, ss2.\n")
  }
}
