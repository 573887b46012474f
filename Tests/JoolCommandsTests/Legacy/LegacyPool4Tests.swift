import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of `--pool4` of Jool 3.5: the contents of the module's pool4 after each command line.
@Suite struct LegacyPool4Tests {
  /// A command line that is applied to an empty pool4, and the contents of pool4 afterwards.
  @Test(
    arguments: [
      ("--pool4 --add 192.0.2.1", ["TCP 0 192.0.2.1 1-65535", "UDP 0 192.0.2.1 1-65535", "ICMP 0 192.0.2.1 0-65535"]),
      ("--pool4 --add --tcp 192.0.2.1", ["TCP 0 192.0.2.1 1-65535"]),
      ("--pool4 --add --udp 192.0.2.1", ["UDP 0 192.0.2.1 1-65535"]),
      ("--pool4 --add --icmp 192.0.2.1", ["ICMP 0 192.0.2.1 0-65535"]),
      ("--pool4 --add --icmp --tcp 192.0.2.1", ["TCP 0 192.0.2.1 1-65535", "ICMP 0 192.0.2.1 0-65535"]),
      ("--pool4 --add --tcp 192.0.2.4/31", ["TCP 0 192.0.2.4 1-65535", "TCP 0 192.0.2.5 1-65535"]),
      (
        "--pool4 --add 192.0.2.4/31 7-9",
        [
          "TCP 0 192.0.2.4 7-9", "TCP 0 192.0.2.5 7-9", "UDP 0 192.0.2.4 7-9", "UDP 0 192.0.2.5 7-9",
          "ICMP 0 192.0.2.4 7-9", "ICMP 0 192.0.2.5 7-9",
        ]
      ),
      ("--pool4 --add 192.0.2.1 9-7 --tcp", ["TCP 0 192.0.2.1 7-9"]),
      ("--pool4 --add 192.0.2.1 7 --tcp", ["TCP 0 192.0.2.1 7-7"]),
      ("--pool4 --add 192.0.2.1 0-65535 --tcp", ["TCP 0 192.0.2.1 1-65535"]),
      ("--pool4 --add --mark 4294967295 --tcp 192.0.2.1 7", ["TCP 4294967295 192.0.2.1 7-7"]),
      ("-4 -a -t -m 5 192.0.2.1 7", ["TCP 5 192.0.2.1 7-7"]),
      ("-4at 192.0.2.1 7", ["TCP 0 192.0.2.1 7-7"]),
      ("--add 192.0.2.1 7 --tcp --pool4", ["TCP 0 192.0.2.1 7-7"]),
      // The operation is implied; in the second line the mode is, too.
      ("--pool4 192.0.2.1 7 --tcp", ["TCP 0 192.0.2.1 7-7"]),
      ("--mark 5 192.0.2.1 7 --tcp", ["TCP 5 192.0.2.1 7-7"]),
      ("--pool4", []), ("--pool4 --display", []), ("--pool4 --flush", []), ("--pool4 --quick", []),
    ] as [(String, [String])])
  func addsToPool4(options: String, contents: [String]) {
    let bench = Self.nat64()
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(Self.pool4(of: bench) == contents)
  }

  /// A command line that is applied to ports 10-19 of all protocols at 192.0.2.1 and 192.0.2.2, and the contents of
  /// pool4 afterwards.
  @Test(
    arguments: [
      ("--pool4 --remove 192.0.2.1", ["192.0.2.2 10-19", "192.0.2.2 10-19", "192.0.2.2 10-19"]),
      (
        "--pool4 --remove --tcp 192.0.2.1",
        ["192.0.2.2 10-19", "192.0.2.1 10-19", "192.0.2.2 10-19", "192.0.2.1 10-19", "192.0.2.2 10-19"]
      ),
      ("--pool4 --remove --mark 0 192.0.2.0/24 0-65535", []),
      ("--pool4 --remove 192.0.2.0/24", []), ("--pool4 --remove 192.0.2.0/24 --quick", []),
      ("--pool4 --quick 192.0.2.0/24", []),
      ("--pool4 --flush", []), ("--pool4 --flush --quick", []), ("-4f", []), ("-4fq", []), ("--pool4 --quick", []),
    ] as [(String, [String])])
  func removesFromPool4(options: String, contents: [String]) {
    let bench = Self.nat64()
    bench.run("jool --pool4 --add 192.0.2.1 10-19")
    bench.run("jool --pool4 --add 192.0.2.2 10-19")
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(Self.pool4(of: bench).map { $0.split(separator: " ").dropFirst(2).joined(separator: " ") } == contents)
  }

  /// A command line that is applied to a table with mark 0 of each protocol and one with mark 1 of TCP, and the marks
  /// and iterations of the four tables afterwards.
  @Test(
    arguments: [
      ("--pool4 --update --max-iterations 9", ["1 1024", "0 9", "0 9", "0 9"]),
      ("--pool4 --update --tcp --max-iterations 9", ["1 1024", "0 9", "0 1024", "0 1024"]),
      ("--pool4 --update --mark 1 --tcp --max-iterations 9", ["1 9", "0 1024", "0 1024", "0 1024"]),
      ("--pool4 --update --mark 1 --max-iterations 9", ["1 9", "0 1024", "0 1024", "0 1024"]),
      ("--pool4 --mark 1 --max-iterations infinity", ["1 0", "0 1024", "0 1024", "0 1024"]),
      ("--pool4 --update --udp --max-iterations auto", ["1 1024", "0 1024", "0 1024", "0 1024"]),
    ] as [(String, [String])])
  func updatesTheIterationsOfPool4(options: String, iterations: [String]) {
    let bench = Self.nat64()
    bench.run("jool --pool4 --add 192.0.2.1 10-19")
    bench.run("jool --pool4 --add --tcp --mark 1 192.0.2.1 20-29")
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0, "\(outcome.error)")
    let entries = L4Protocol.allCases.flatMap { bench.kernel.instances[0].pool4.entries(of: $0) }
    #expect(entries.map { "\($0.mark) \($0.iterations.limit)" } == iterations)
  }

  @Test func addsEphemeralPortsWithAWarning() {
    let bench = Self.nat64()
    bench.kernel.ephemeralPorts = 32768...60999
    bench.givesHints = false
    let outcome = bench.run("jool --pool4 --add 192.0.2.1")
    #expect(outcome.status == 0)
    #expect(
      outcome.error
        == "Warning: Port range 1-65535 intersects with the namespace's ephemeral range (32768-60999).\n")
    #expect(Self.pool4(of: bench).count == 3)
    #expect(bench.run("jool --pool4 --update --max-iterations 9") == Outcome())
    #expect(bench.run("jool --pool4 --add 192.0.2.2 --force").error.isEmpty)
    #expect(bench.run("jool --pool4 --add 192.0.2.2/24").error.contains("seems to have a suffix"))
    #expect(bench.run("jool pool4 add --tcp 192.0.2.3 1-65535").status == 22)
  }

  static func nat64() -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    return bench
  }

  static func pool4(of bench: TestBench) -> [String] {
    L4Protocol.allCases.flatMap { bench.kernel.instances[0].pool4.entries(of: $0) }.map {
      "\($0.proto) \($0.mark) \($0.prefix.address) \($0.ports.first)-\($0.ports.last)"
    }
  }
}
