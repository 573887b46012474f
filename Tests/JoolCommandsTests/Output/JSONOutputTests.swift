import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the output of `--json`, which `docs/json.md` promises.
@Suite struct JSONOutputTests {
  @Test func printsTheTablesOfANAT64() {
    let bench = Self.nat64()
    #expect(
      bench.run("jool pool4 display --json").output == """
        [
          {"mark": 5, "protocol": "TCP", "address": "192.0.2.1", "first_port": 1000, "last_port": 1999, "max_iterations": 12, "max_iterations_fixed": true},
          {"mark": 0, "protocol": "TCP", "address": "192.0.2.2", "first_port": 1, "last_port": 3, "max_iterations": null, "max_iterations_fixed": true}
        ]

        """)
    #expect(
      bench.run("jool bib display --json").output == """
        [
          {"protocol": "TCP", "source6": {"address": "2001:db8::1", "port": 10}, "source4": {"address": "192.0.2.1", "port": 1010}, "static": true}
        ]

        """)
    #expect(bench.run("jool pool4 display --udp --json").output == "[]\n")
    #expect(
      bench.run("jool instance display --json").output == """
        [
          {"namespace": "43234600", "name": "default", "framework": "netfilter"}
        ]

        """)
  }

  @Test func printsSessionsWithNumbersAndMilliseconds() {
    let bench = Self.nat64()
    bench.kernel.instances[0].sessions = [Self.session(.tcp, .v4FinRcv), Self.session(.udp, .established)]
    #expect(
      bench.run("jool session display --json").output == """
        [
          {"protocol": "TCP", "source6": {"address": "2001:db8::8", "port": 40001}, \
        "destination6": {"address": "64:ff9b::c000:208", "port": 80}, \
        "source4": {"address": "192.0.2.1", "port": 61001}, "destination4": {"address": "192.0.2.8", "port": 80}, \
        "expires_in_ms": 7198232, "state": "V4_FIN_RCV"}
        ]

        """)
    #expect(bench.run("jool session display --udp --json").output.contains("\"state\": null}"))
    #expect(bench.run("jool session count --json").output == "{\"TCP\": 1, \"UDP\": 1, \"ICMP\": 0}\n")
    #expect(bench.run("jool session count").output == "TCP: 1\nUDP: 1\nICMP: 0\n")
    #expect(bench.run("jool session count --udp --csv").output == "Protocol,Sessions\nUDP,1\n")
  }

  @Test func printsVariablesAccordingToTheirTypes() {
    let output = Self.nat64().run("jool global display --json").output
    for line in [
      #"  "manually-enabled": true,"#, #"  "pool6": "64:ff9b::/96","#, #"  "udp-timeout": 300000,"#,
      #"  "f-args": 11,"#,
      #"  "mtu-plateaus": [65535, 32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296, 68],"#,
    ] { #expect(output.contains(line)) }
    let bench = TestBench()
    bench.run("jool_siit instance add")
    let siit = bench.run("jool_siit global display --json").output
    #expect(siit.contains(#""eam-hairpin-mode": "intrinsic""#) && siit.contains(#""rfc6791v4-prefix": null"#))
  }

  @Test func printsCountersStatusesAndTranslations() {
    let bench = Self.nat64()
    #expect(
      bench.run("jool stats display --json").output == "[\n  {\"name\": \"JSTAT_BIB_ENTRIES\", \"value\": 1}\n]\n")
    #expect(bench.run("jool instance status --json").output == #"{"instance": "default", "status": "running"}"# + "\n")
    #expect(bench.run("jool -i x instance status --json").output == #"{"instance": "x", "status": "dead"}"# + "\n")
    bench.run("jool_siit instance add --pool6 64:ff9b::/96")
    bench.run("jool_siit eamt add 2001:db8:1::/120 192.0.2.0/24")
    #expect(
      bench.run("jool_siit address query --json 192.0.2.7").output == """
        {
          "query": "192.0.2.7",
          "result": "2001:db8:1::7",
          "rule": {"type": "eam", "prefix6": "2001:db8:1::/120", "prefix4": "192.0.2.0/24"}
        }

        """)
    #expect(
      bench.run("jool_siit eamt display --json").output == """
        [
          {"prefix6": "2001:db8:1::/120", "prefix4": "192.0.2.0/24"}
        ]

        """)
    #expect(bench.run("jool_siit denylist4 display --json").output == "[]\n")
  }

  @Test(
    arguments: [
      (
        "jool -i nope pool4 display --json",
        #"{"error": {"status": 3, "message": "The kernel module returned error 3: "#
          + #"This namespace lacks an instance named 'nope'.", "#
          + #""module": {"code": 3, "message": "This namespace lacks an instance named 'nope'."}}}"#
      ),
      (
        "jool pool4 display --json --foo",
        #"{"error": {"status": 64, "message": "display: unrecognized option '--foo'\n"#
          + #"Try `display --help' or `display --usage' for more information."}}"#
      ),
      (
        "jool pool5 display --json",
        #"{"error": {"status": 234, "message": "Unexpected token: 'pool5'\n"#
          + #"Available options: instance stats global pool4 bib session file "}}"#
      ),
    ] as [(String, String)])
  func reportsFailuresAsJSON(line: String, message: String) {
    #expect(Self.nat64().run(line).error == message + "\n")
  }

  @Test func escapesControlCharacters() {
    #expect(JSONValue.string("a\"\\\n\u{1}\u{7F}é").text() == #""a\"\\\n\u0001\u007fé""#)
  }

  private static func nat64() -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool pool4 add --tcp 192.0.2.1 1000-1999 --mark 5 --max-iterations 12")
    bench.run("jool pool4 add --tcp 192.0.2.2 1-3 --max-iterations infinity")
    bench.run("jool bib add 2001:db8::1#10 192.0.2.1#1010")
    return bench
  }

  static func session(_ proto: L4Protocol, _ state: TCPState) -> SessionEntry {
    SessionEntry(
      proto: proto, source6: TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | 8), 40001),
      destination6: TransportAddress(IPv6Address(bits: 0x64_ff9b << 96 | 0xC000_0208), 80),
      source4: TransportAddress(IPv4Address(bits: 0xC000_0201), 61001),
      destination4: TransportAddress(IPv4Address(bits: 0xC000_0208), 80), state: state,
      expiration: Milliseconds(7_198_232))
  }
}
