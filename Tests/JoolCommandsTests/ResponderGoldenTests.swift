import JoolSession
import Testing

@testable import JoolCommands
@testable import JoolCore

/// The golden cases that display a NAT64's state, against a session table that takes the module's place.
@Suite struct ResponderGoldenTests {
  @Test func displaysSessionsNumerically() throws {
    GoldenTests.replay(Self.cases(of: "session-display"), on: try Self.bench(), maskingTimes: true)
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
    GoldenTests.replay(Self.cases(of: "session-names"), on: bench, maskingTimes: true)
  }

  @Test func displaysNumbersWhenLookUpsFail() throws {
    let bench = try Self.bench()
    bench.names = { _ in .failed("Temporary failure in name resolution") }
    GoldenTests.replay(Self.cases(of: "session-lookup-failure"), on: bench, maskingTimes: true)
  }

  @Test func displaysAnEmptyTable() throws {
    // Nothing can be advertised through it.
    let cases = Self.cases(of: "session-empty").filter { !["017", "018"].contains($0.id) }
    #expect(cases.count == 19)
    GoldenTests.replay(cases, on: try Self.bench(sessions: []))
  }

  @Test func displaysTheInstance() throws {
    let cases = Self.cases(of: "instance-basic-nat64").filter { ["003", "004"].contains($0.id) }
    #expect(cases.count == 2)
    GoldenTests.replay(cases, on: try Self.bench(sessions: [], instance: "xlat-1"))
  }

  @Test func displaysTheGlobals() throws {
    let cases = Self.cases(of: "global-nat64").filter { $0.id == "001" }
    #expect(cases.count == 1)
    GoldenTests.replay(cases, on: try Self.bench(sessions: [], pool6: "64::/96"))
  }

  /// Cases with the entries that the table has: those of the sessions, which are dynamic.
  ///
  /// The cases' are static.
  private static func cases(of scenario: String) -> [GoldenCase] {
    GoldenFile.cases(of: scenario).map { golden in
      var golden = golden
      golden.outcome.output.replace("[Static ", with: "[Dynamic ")
      golden.outcome.output.replace(/(?m)^((TCP|UDP|ICMP),([^,]*,){4})1$/) { "\($0.output.1)0" }
      return golden
    }
  }

  private static func bench(
    sessions: [SessionEntry]? = nil, instance: String = "default", pool6: String = "64:ff9b::/96"
  ) throws -> TestBench {
    let pool6 = try IPv6Prefix(argument: pool6)
    let now = Instant.now
    let empty = SessionTable(pool6: pool6, now: now)
    var table = try #require(empty)
    table.keepMasksInOrder()
    for session in try sessions ?? SessionGoldenTests.sessions { _ = table.upsert(session, now: now) }
    var profile = ModuleProfile(
      instance: InstanceEntry(
        namespace: FakeKernel.namespace, framework: .netfilter, name: try #require(InstanceName(instance))),
      pool6: pool6)
    profile.counters = [
      "JSTAT_RECEIVED6": 33, "JSTAT_RECEIVED4": 15, "JSTAT_SUCCESS": 39, "JSTAT_UNKNOWN_ICMP6_TYPE": 9,
    ]
    let bench = TestBench()
    bench.transport = { [table, profile] in
      var responder = ModuleResponder(profile: profile)
      var replies: [[UInt8]] = []
      return AnyTransport(
        send: { (datagram) throws(JoolError) in replies += responder.respond(to: datagram, table: table, now: now) },
        receive: { (_) throws(JoolError) in replies.isEmpty ? nil : replies.removeFirst() })
    }
    return bench
  }
}
