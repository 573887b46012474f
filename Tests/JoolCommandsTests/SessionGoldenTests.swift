import Testing

@testable import JoolCommands
@testable import JoolCore

/// Replays the recorded cases with real connections.
///
/// The fake module has the same sessions.
@Suite struct SessionGoldenTests {
  @Test func displaysSessionsNumerically() throws {
    let bench = try Self.bench()
    GoldenTests.replay(GoldenFile.cases(of: "session-display"), on: bench, maskingTimes: true)
  }

  @Test func acceptsTheOldCommandLine() throws {
    let bench = try Self.bench()
    GoldenTests.replay(GoldenFile.cases(of: "own-legacy-nat64"), on: bench)
  }

  @Test func displaysNamesOfHostsAndServices() throws {
    let bench = try Self.bench()
    bench.names = { address in
      switch "\(address)" {
      case "2001:db8::8": .name("ipv6client.example")
      case "192.0.2.8": .name("server.example")
      default: .none
      }
    }
    GoldenTests.replay(GoldenFile.cases(of: "session-names"), on: bench, maskingTimes: true)
  }

  @Test func displaysNumbersWhenLookUpsFail() throws {
    let bench = try Self.bench()
    bench.names = { _ in .failed("Temporary failure in name resolution") }
    GoldenTests.replay(GoldenFile.cases(of: "session-lookup-failure"), on: bench, maskingTimes: true)
  }

  private static func bench() throws -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add --netfilter --pool6 64:ff9b::/96")
    for line in ["--tcp 192.0.2.1 61001-61099", "--udp 192.0.2.1 61001-61099", "--icmp 192.0.2.1 1-99"] {
      bench.run("jool pool4 add \(line)")
    }
    for port in 1...7 { bench.run("jool bib add 2001:db8::8#4000\(port) 192.0.2.1#6100\(port) --tcp") }
    bench.run("jool bib add 2001:db8::99#443 192.0.2.1#61080 --tcp")
    for port in 1...2 { bench.run("jool bib add 2001:db8::8#4001\(port) 192.0.2.1#6101\(port) --udp") }
    bench.run("jool bib add 2001:db8::8#4242 192.0.2.1#42 --icmp")
    bench.kernel.instances[0].sessions = try sessions
    bench.kernel.instances[0].counters = [
      "JSTAT_RECEIVED6": 33, "JSTAT_RECEIVED4": 15, "JSTAT_SUCCESS": 39, "JSTAT_SESSIONS": 12,
      "JSTAT_UNKNOWN_ICMP6_TYPE": 9,
    ]
    return bench
  }

  /// The sessions that the cases display.
  static var sessions: [SessionEntry] {
    get throws {
      try [
        session(.tcp, "2001:db8::8#40001", "192.0.2.1#61001", "192.0.2.8#80", .established),
        session(.tcp, "2001:db8::8#40002", "192.0.2.1#61002", "192.0.2.8#8080", .v4FinV6FinRcv),
        session(.tcp, "2001:db8::8#40003", "192.0.2.1#61003", "192.0.2.8#8081", .v4FinRcv),
        session(.tcp, "2001:db8::8#40004", "192.0.2.1#61004", "192.0.2.8#80", .v6FinRcv),
        session(.tcp, "2001:db8::8#40005", "192.0.2.1#61005", "192.0.2.9#81", .v6Init),
        session(.tcp, "2001:db8::8#40006", "192.0.2.1#61006", "192.0.2.8#443", .trans),
        session(.tcp, "2001:db8::8#40007", "192.0.2.1#61007", "192.0.2.8#443", .established),
        session(.tcp, "2001:db8::99#443", "192.0.2.1#61080", "192.0.2.8#50001", .v4Init),
        session(.udp, "2001:db8::8#40011", "192.0.2.1#61011", "192.0.2.8#53"),
        session(.udp, "2001:db8::8#40011", "192.0.2.1#61011", "192.0.2.9#1234"),
        session(.udp, "2001:db8::8#40012", "192.0.2.1#61012", "192.0.2.8#53"),
        session(.icmp, "2001:db8::8#4242", "192.0.2.1#42", "192.0.2.8#42"),
      ]
    }
  }

  private static func session(
    _ proto: L4Protocol, _ source6: String, _ source4: String, _ destination4: String, _ state: TCPState = .established
  ) throws -> SessionEntry {
    let destination4 = try TransportAddress4(argument: destination4)
    let source6 = try TransportAddress6(argument: source6)
    let pool6 = try IPv6Prefix(argument: "64:ff9b::/96")
    let mask = try #require(pool6.embedding(destination4.address))
    return SessionEntry(
      proto: proto, source6: source6,
      destination6: TransportAddress(mask, proto == .icmp ? source6.port : destination4.port),
      source4: try TransportAddress(argument: source4), destination4: destination4, state: state,
      expiration: Milliseconds(7_197_276))
  }
}
