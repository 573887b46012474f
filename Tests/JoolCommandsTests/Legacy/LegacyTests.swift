import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of command lines of Jool 3.5 and before.
///
/// Their manual pages show the expected output.
@Suite struct LegacyTests {
  @Test func displaysAllSessionTables() {
    let outcome = Self.nat64().run("jool --session")
    #expect(
      outcome.output
        == """
        TCP:
        ---------------------------------
        (V4_FIN_V6_FIN_RCV) Expires in 2 minutes, 57 seconds
        Remote: 192.0.2.8#80\t2001:db8::8#40001
        Local: 192.0.2.1#61001\t64:ff9b::c000:208#80
        ---------------------------------
          (Fetched 1 entries.)

        UDP:
        ---------------------------------
          (empty)

        ICMP:
        ---------------------------------
        Expires in 50 seconds
        Remote: 192.0.2.8#1402\t2001:db8::8#13371
        Local: 192.0.2.1#1402\t64:ff9b::c000:208#13371
        ---------------------------------
          (Fetched 1 entries.)


        """.replacing("#80\t", with: "#http\t"))
    #expect(outcome.error == "Hint: Jool 4 spells this: jool session display (--tcp | --udp | --icmp)\n")
    #expect(outcome.status == 0)
  }

  @Test(arguments: ["jool --session --count", "jool -s -c", "jool --session --count --tcp --udp --icmp", "jool -cs"])
  func countsSessions(line: String) {
    #expect(Self.nat64().run(line).output == "TCP: 1\nUDP: 0\nICMP: 1\n")
  }

  @Test func printsOneHeaderAndAllTablesInCSV() {
    let outcome = Self.nat64().run("jool --session --display --numeric --csv --icmp --tcp")
    #expect(
      outcome.output == SessionPrinter.csvHeader + """

        TCP,2001:db8::8,40001,64:ff9b::c000:208,80,192.0.2.1,61001,192.0.2.8,80,00:02:57.40,V4_FIN_V6_FIN_RCV
        ICMP,2001:db8::8,13371,64:ff9b::c000:208,13371,192.0.2.1,1402,192.0.2.8,1402,00:00:50.0

        """)
    #expect(
      outcome.error == "Hint: Jool 4 spells this: jool session display --numeric --csv (--tcp | --icmp)\n")
  }

  @Test func omitsFootersWithoutHeaders() {
    #expect(
      Self.nat64().run("jool --session --udp --no-headers").output == "UDP:\n---------------------------------\n")
  }

  @Test func displaysAndChangesBindings() {
    let bench = Self.nat64()
    #expect(bench.run("jool --bib --add --tcp 2001:db8::1#10 192.0.2.1#1010").status == 0)
    #expect(
      bench.run("jool --bib --numeric").output
        == "TCP:\n[Static] 192.0.2.1#1010 - 2001:db8::1#10\n  (Fetched 1 entries.)\n"
        + "UDP:\n  (empty)\nICMP:\n  (empty)\n")
    #expect(bench.run("jool --bib --count").output == "TCP: 1\nUDP: 0\nICMP: 0\n")
    #expect(
      bench.run("jool -br -t 2001:db8::1#10").error
        == "Hint: Jool 4 spells this: jool bib remove 2001:db8::1#10 --tcp\n")
    #expect(bench.run("jool --bib --count").output == "TCP: 0\nUDP: 0\nICMP: 0\n")
  }

  @Test func changesThePool4OfAllProtocolsByDefault() {
    let bench = Self.nat64()
    #expect(bench.run("jool --pool4 --add 198.51.100.1 100-200 --mark 7").status == 0)
    for proto in L4Protocol.allCases {
      #expect(bench.kernel.instances[0].pool4.entries(of: proto).contains { $0.mark == 7 })
    }
    #expect(bench.run("jool --pool4 --flush").error == "Hint: Jool 4 spells this: jool pool4 flush\n")
  }

  @Test(
    arguments: [
      ("--enable", "manually-enabled", "true"), ("--global --disable", "manually-enabled", "false"),
      ("--udp-timeout 180", "udp-timeout", "0:03:00"), ("--toTCPest=7200", "tcp-est-timeout", "2:00:00"),
      ("--addr on", "address-dependent-filtering", "true"), ("--dropAddr true", "address-dependent-filtering", "true"),
      ("--dropInfo true", "drop-icmpv6-info", "true"), ("--setTC yes", "zeroize-traffic-class", "true"),
      ("--TOS 12", "tos", "12"), ("--maxStoredPkts 4", "maximum-simultaneous-opens", "4"),
      ("--plateaus '6000, 5000, 4000'", "mtu-plateaus", "6000,5000,4000"),
      ("-g --mtu-plateaus 9,8", "mtu-plateaus", "9,8"), ("--logging-session 1", "logging-session", "true"),
    ] as [(String, String, String)])
  func changesVariables(options: String, key: String, value: String) {
    let bench = Self.nat64()
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.error.hasPrefix("Hint: Jool 4 spells this: jool global update \(key) "))
    #expect(bench.run("jool global display").output.contains("  \(key): \(value)"))
  }

  @Test func acceptsNumericHairpinModes() {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    #expect(bench.run("jool_siit --eam-hairpin-mode 1").error.hasSuffix("update eam-hairpin-mode simple\n"))
    #expect(bench.run("jool_siit --eam-hairpin-mode 3").error.hasSuffix("'3' is out of bounds (0-2).\n"))
    #expect(bench.run("jool_siit global display").output.contains("eam-hairpin-mode: simple"))
  }

  @Test func displaysVariablesInGroups() {
    let bench = Self.nat64()
    let output = bench.run("jool --global").output
    #expect(
      output.hasPrefix(
        "\n  Status: Enabled\n  Manually enabled (--enable, --disable): ON\n\n  --zeroize-traffic-class: OFF\n"))
    #expect(output.contains("  --f-args: 11 (0b1011)\n    SrcAddr:ON  SrcPort:OFF  DstAddr:ON  DstPort:ON\n\n"))
    #expect(output.contains("\n  Timeouts:\n    --udp-timeout: 5 minutes, 0 seconds\n"))
    #expect(output.contains("    --tcp-est-timeout: 2 hours, 0 minutes\n"))
    #expect(output.hasSuffix("    --ss-max-payload: 1452\n"))
    #expect(bench.run("jool --general").output == output)
    let csv = bench.run("jool --global --csv").output
    #expect(csv.hasPrefix("Field,Value\nStatus,Enabled\nManually enabled,TRUE\nzeroize-traffic-class,FALSE\n"))
    #expect(csv.contains("udp-timeout,00:05:00.0\n") && csv.contains("joold Enabled,FALSE\n"))
    #expect(csv.contains("handle-rst-during-fin-rcv,0\n"))
  }

  @Test(
    arguments: [
      ("--udp-timeout 5", "'5' is out of bounds (120-4294967).", 234),
      ("--udp-timeout x", "'x' is not a number. (error code 1)", 1),
      ("--enable --disable", "You can only edit one global config value at a time.", 234),
      ("--session --bib", "Illegal arguments combination. See the manpage for grammar.", 234),
      ("--session --add", "Illegal arguments combination. See the manpage for grammar.", 234),
      ("--session --quick", "Illegal arguments combination. See the manpage for grammar.", 234),
      ("--setDF true", "Jool 3.5 removed --setDF.", 234),
      ("--boostMTU", "Jool 3.5 removed --boostMTU.", 234),
      ("--pool6 --add 64::/96", "Since Jool 4.0 the pool6 of a NAT64 is fixed", 234),
      ("--address-dependent-filtering maybe", "Cannot parse 'maybe' as a bool (true|", 234),
      ("--tos 1 --foo", "jool: unrecognized option '--foo'", 64),
    ] as [(String, String, UInt8)])
  func refusesWithTheOldMessages(options: String, message: String, status: UInt8) {
    let outcome = Self.nat64().run("jool \(options)")
    let withoutHint = outcome.error.split(separator: "\n").filter { !$0.hasPrefix("Hint: ") }
    #expect(withoutHint.first?.hasPrefix(message) == true, "\(outcome.error)")
    #expect(outcome.status == status)
  }

  @Test func printsTheModulesErrorInTheOldForm() {
    let bench = TestBench()
    bench.givesHints = false
    #expect(
      bench.run("jool --tos 1")
        == Outcome(
          error: """
            Jool Error: This namespace lacks an instance named 'default'.
            (Error code: 3)
            (Note: Assuming configuration mode '--global' and operation '--update'.)

            """, status: 3))
  }

  @Test func prefersTheCurrentGrammar() {
    let bench = Self.nat64()
    #expect(bench.run("jool --foo").error.hasPrefix("jool: unrecognized option '--foo'\n"))
    #expect(bench.run("jool_siit --session").error.hasPrefix("jool_siit: unrecognized option '--session'\n"))
    #expect(bench.run("jool -i default session display --icmp").output.hasPrefix("-----"))
    #expect(bench.run("jool -i default --session --count --tcp").output == "TCP: 1\n")
    #expect(bench.run("jool --csv pool4 display").error.hasPrefix("jool: unrecognized option '--csv'\n"))
    #expect(bench.run("jool --u").output.hasPrefix("jool ("))
  }

  @Test func suppressesHintsOnRequest() {
    let bench = Self.nat64()
    bench.givesHints = false
    #expect(bench.run("jool --session --count").error.isEmpty)
  }

  @Test func changesTheTablesOfASIIT() {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    #expect(bench.run("jool_siit --eamt --add 192.0.2.0/24 2001:db8::/120").status == 0)
    #expect(bench.run("jool_siit -e --count").output == "1\n")
    #expect(
      bench.run("jool_siit --blacklist --add 203.0.113.0/24").error.hasSuffix(
        "jool_siit denylist4 add 203.0.113.0/24\n"))
    #expect(bench.run("jool_siit --pool6 --add 64:ff9b::/96").status == 0)
    #expect(bench.run("jool_siit -6").output == "64:ff9b::/96\n  (Fetched 1 entries.)\n")
    #expect(bench.run("jool_siit --pool6 --flush").status == 0)
    #expect(bench.run("jool_siit -6").output == "  (empty)\n")
    #expect(bench.run("jool_siit --global").output.hasSuffix("  --rfc6791v6-prefix: (not set)\n\n"))
  }

  @Test(
    arguments: [
      (0, "0 milliseconds", "00:00:00.0"), (999, "999 milliseconds", "00:00:00.999"), (1000, "1 seconds", "00:00:01.0"),
      (60_000, "1 minutes, 0 seconds", "00:01:00.0"), (3_600_000, "1 hours, 0 minutes", "01:00:00.0"),
      (.max, "1193 hours, 2 minutes", "1193:02:47.295"),
    ] as [(UInt32, String, String)])
  func writesTimesInTheOldFormat(milliseconds: UInt32, friendly: String, csv: String) {
    #expect(LegacyTimes.friendly(milliseconds: milliseconds) == friendly)
    #expect(LegacyTimes.csv(milliseconds: milliseconds) == csv)
  }

  private static func nat64() -> TestBench {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool pool4 add --tcp 192.0.2.1 1000-1999")
    var tcp = JSONOutputTests.session(.tcp, .v4FinV6FinRcv)
    tcp.expiration = Milliseconds(177_040)
    var icmp = JSONOutputTests.session(.icmp, .established)
    icmp.expiration = Milliseconds(50_000)
    icmp.source6 = TransportAddress(icmp.source6.address, 13371)
    icmp.destination6 = TransportAddress(icmp.destination6.address, 13371)
    icmp.source4 = TransportAddress(icmp.source4.address, 1402)
    icmp.destination4 = TransportAddress(icmp.destination4.address, 1402)
    bench.kernel.instances[0].sessions = [tcp, icmp]
    return bench
  }
}
