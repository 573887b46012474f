import JoolDaemon
import JoolSession
import TestSupport
import Testing

@testable import JoolCommands
@testable import JoolCore

/// `session remove`.
@Suite struct SessionRemoveTests {
  private static let alone = """
    Note: No session proxy of instance 'default' runs here, so only this module has removed them. \
    Other NAT64s that have these sessions keep them.

    """

  private static func ports(of bench: TestBench) -> [UInt16] {
    bench.kernel.instances[0].bib.map(\.source4.port)
  }

  @Test func removesInTheModuleWithoutAProxy() throws {
    let bench = try SelectionTests.bench()
    let outcome = bench.run("jool session remove --source4 192.0.2.1#61001")
    #expect(
      outcome.output == """
        TCP 2001:db8::8#40001 - 192.0.2.1#61001 was removed:
          with 192.0.2.8#80, ESTABLISHED, expires in 1:59:57.276
        1 mapping with 1 session was removed.

        """)
    #expect(outcome.error == Self.alone)
    #expect(outcome.status == 0)
    #expect(!Self.ports(of: bench).contains(61001))
  }

  /// A mapping is removed with all of its sessions.
  @Test func tellsWhatElseEnds() throws {
    let bench = try SelectionTests.bench()
    let words = "jool session remove --udp --destination4 192.0.2.9"
    let dry = bench.run("\(words) --dry-run")
    #expect(
      dry
        == Outcome(
          output: """
            UDP 2001:db8::8#40011 - 192.0.2.1#61011 would be removed:
              with 192.0.2.8#53, expires in 1:59:57.276 (does not fit)
              with 192.0.2.9#1234, expires in 1:59:57.276
            1 mapping with 2 sessions (1 of them does not fit) would be removed.

            """))
    #expect(Self.ports(of: bench).contains(61011))
    bench.run(words)
    #expect(!Self.ports(of: bench).contains(61011))
  }

  @Test func needsACriterion() throws {
    let bench = try SelectionTests.bench()
    for words in ["", " --tcp", " --all", " --all --udp --dry-run"] {
      let outcome = bench.run("jool session remove\(words)")
      #expect(outcome.status == 234)
      #expect(outcome.error.hasPrefix("Error: session remove needs a criterion besides the protocol: --source6,"))
    }
    #expect(Self.ports(of: bench).count == 11)
  }

  @Test func needsAllForSeveral() throws {
    let bench = try SelectionTests.bench()
    let several = bench.run("jool session remove --source6 2001:db8::8 --udp")
    #expect(several.status == 1)
    #expect(several.output.contains("61011 would be removed:"))
    #expect(several.output.hasSuffix("2 mappings with 3 sessions would be removed.\n"))
    #expect(
      several.error == """
        Error: 2 mappings have sessions that fit, and nothing was removed.
        Add criteria until one is left, or remove all of them with --all.

        """)
    #expect(Self.ports(of: bench).count == 11)
    #expect(bench.run("jool session remove --source6 2001:db8::8 --udp --all").status == 0)
    #expect(Self.ports(of: bench).count == 9)
  }

  @Test func leavesStaticMappings() throws {
    let bench = try SelectionTests.bench()
    let outcome = bench.run("jool session remove --source6 2001:db8::99")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("192.0.2.1#61080 is static, so it stays:"))
    #expect(
      outcome.error == """
        Error: Nothing was removed, because what fits is static, which means that it is configuration.
        Remove it with `bib remove`.

        """)
    #expect(bench.run("jool session remove --source4 192.0.2.1 --tcp --all").status == 0)
    #expect(Self.ports(of: bench).filter { $0 != 61011 && $0 != 61012 && $0 != 42 } == [61080])
  }

  @Test func findsNothing() throws {
    let outcome = try SelectionTests.bench().run("jool session remove --source6 2001:db8::77")
    #expect(outcome == Outcome(error: "Error: No TCP, UDP, ICMP session fits.\n", status: 1))
  }

  @Test func refusesAnOrder() throws {
    let outcome = try SelectionTests.bench().run("jool session remove --source4 192.0.2.1 --sort source4")
    #expect(outcome.status == 234)
    #expect(outcome.error.contains("sessions are removed together"))
  }

  // MARK: Through a proxy

  @Test func theProxyRemovesOnAllNodes() throws {
    let bench = try SelectionTests.bench()
    nonisolated(unsafe) var asked: [[BIBEntry]] = []
    bench.removalAnswer = { (service, instance, entries) throws(ProxyControl.Failure) in
      #expect(service == .proxy && instance == .default)
      asked.append(entries)
      return RemovalOutcome(removed: entries.count, peers: 2, legacyPeers: 1, module: .removes)
    }
    let outcome = bench.run("jool session remove --source4 192.0.2.1#61001-61002 --tcp --all")
    #expect(outcome.error == "")
    #expect(
      outcome.output.hasSuffix(
        "2 mappings with 2 sessions were removed. Sent to 2 peers. 1 C proxy of the group keeps them.\n"))
    #expect(asked.map { $0.map(\.source4.port) } == [[61001, 61002]])
    // The proxy's own requests remove them from the module.
    #expect(Self.ports(of: bench).contains(61001))
  }

  /// While the proxy may not write to the module, the command does.
  @Test func removesInTheModuleIfTheProxyWaits() throws {
    let bench = try SelectionTests.bench()
    bench.removalAnswer = { (_, _, entries) throws(ProxyControl.Failure) in
      RemovalOutcome(removed: entries.count, peers: 1, module: .waits)
    }
    #expect(bench.run("jool session remove --source4 192.0.2.1#61001").status == 0)
    #expect(!Self.ports(of: bench).contains(61001))
  }

  @Test func reportsTheProxysRefusal() throws {
    let bench = try SelectionTests.bench()
    bench.removalAnswer = { (_, _, _) throws(ProxyControl.Failure) in throw .refused("it has no table yet") }
    let outcome = bench.run("jool session remove --source4 192.0.2.1#61001")
    #expect(outcome.status != 0)
    #expect(outcome.output.contains("61001 was not removed:"))
    #expect(outcome.error == "Error: The session proxy answered: it has no table yet\n")
    #expect(Self.ports(of: bench).contains(61001))
  }

  /// A mirror shows its table on its socket, and removes on request over its control socket.
  @Test func aMirrorRemovesForItsGroup() throws {
    let bench = try SocketTests.bench()
    let line = "jool --socket \(SocketTests.path) session remove --source6 2001:db8::1:1"
    let missing = bench.run(line)
    #expect(missing.status == 3)
    #expect(missing.error.hasPrefix("Error: No mirror of the group 'campus' runs"))
    bench.removalAnswer = { (service, group, entries) throws(ProxyControl.Failure) in
      #expect(service == .mirror && group.description == "campus")
      #expect(entries.map(\.source6) == [SessionEntry.sample(1).source6])
      return RemovalOutcome(removed: 1, peers: 2, module: .none)
    }
    let outcome = bench.run(line)
    #expect(outcome.error == "")
    #expect(outcome.output.hasSuffix("1 mapping with 1 session was removed. Sent to 2 peers.\n"))
  }

  // MARK: JSON

  @Test func printsJSON() throws {
    let bench = try SelectionTests.bench()
    bench.removalAnswer = { (_, _, entries) throws(ProxyControl.Failure) in
      RemovalOutcome(removed: entries.count, peers: 1, module: .removes)
    }
    #expect(
      bench.run("jool session remove --udp --destination4 192.0.2.9 --json").output == """
        {"dry_run": false, "removed": 1, "group": {"peers": 1, "c_proxies": 0}, \
        "mappings": [{"protocol": "UDP", "source6": {"address": "2001:db8::8", "port": 40011}, \
        "source4": {"address": "192.0.2.1", "port": 61011}, "static": false, "removed": true, \
        "sessions": [{"destination6": {"address": "64:ff9b::c000:208", "port": 53}, \
        "destination4": {"address": "192.0.2.8", "port": 53}, "expires_in_ms": 7197276, "state": null, \
        "fits": false}, {"destination6": {"address": "64:ff9b::c000:209", "port": 1234}, \
        "destination4": {"address": "192.0.2.9", "port": 1234}, "expires_in_ms": 7197276, "state": null, \
        "fits": true}]}]}

        """)
    let refused = bench.run("jool session remove --json --source6 2001:db8::8")
    #expect(refused.status == 1)
    #expect(refused.error.contains("\"status\": 1"))
  }
}
