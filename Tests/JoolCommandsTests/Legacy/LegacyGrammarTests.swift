import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the grammar in the manual of Jool 3.5, mode by mode: the effect of each command line on the module, or
/// the reason for its refusal.
@Suite struct LegacyGrammarTests {
  /// A command line that is applied to bindings of TCP and ICMP, and the remaining bindings.
  @Test(
    arguments: [
      ("--bib --remove 192.0.2.1#10 2001:db8::1#10", []), ("--bib --remove 2001:db8::1#10", []),
      ("-br 192.0.2.1#10", []), ("--bib --remove --tcp 192.0.2.1#10", ["ICMP"]),
      ("--bib --remove --icmp --udp 192.0.2.1#10", ["TCP"]),
      ("--bib --add 192.0.2.1#10 2001:db8::1#10", ["TCP", "UDP", "ICMP"]),
      ("--bib --add --udp 2001:db8::1#10 192.0.2.1#10", ["TCP", "UDP", "ICMP"]),
      ("--bib 2001:db8::1#10 192.0.2.1#10", ["TCP", "UDP", "ICMP"]),
      ("--bib --numeric", ["TCP", "ICMP"]), ("--bib --count", ["TCP", "ICMP"]),
    ] as [(String, [String])])
  func changesBindings(options: String, left: [String]) {
    let bench = LegacyPool4Tests.nat64()
    bench.run("jool --pool4 --add 192.0.2.1 10-19")
    bench.run("jool --bib --add --tcp --icmp 192.0.2.1#10 2001:db8::1#10")
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0, "\(outcome.error)")
    #expect(
      L4Protocol.allCases.filter { proto in bench.kernel.instances[0].bib.contains { $0.proto == proto } }
        .map(\.description) == left)
  }

  /// Successive command lines of an SIIT, and the output of each.
  @Test(
    arguments: [
      [
        ("--eamt", ""), ("--eamt --add 192.0.2.1 2001:db8:aaaa::", ""),
        ("--eamt --add 2001:db8:cccc::/124 192.0.2.16/28 --force", ""), ("-e 192.0.2.192/31 64:ff9b::/127", ""),
        ("--eamt --count", "3\n"), ("--eamt --remove 2001:db8:aaaa::", ""), ("--eamt --remove 192.0.2.16/28", ""),
        ("-ec", "1\n"), ("--eamt --flush", ""), ("-ec", "0\n"),
      ],
      [
        ("--blacklist --add 192.0.2.0/28", ""), ("--blacklist --add 198.51.100.0/30", ""),
        ("--blacklist 203.0.113.8", ""), ("--blacklist --count", "21\n"),
        ("--blacklist --remove 198.51.100.0/30", ""), ("--blacklist --count", "17\n"), ("--blacklist --flush", ""),
        ("--blacklist --count", "0\n"),
      ],
      [
        ("--pool6", "  (empty)\n"), ("--pool6 --count", "0\n"), ("--pool6 --add 64:ff9b::/96", ""),
        ("--pool6 --display", "64:ff9b::/96\n  (Fetched 1 entries.)\n"), ("--pool6 --csv", "Prefix\n64:ff9b::/96\n"),
        ("--pool6 --count", "1\n"), ("--pool6 --remove 64:ff9b::/96", ""), ("--pool6 2001:db8::/64", ""),
        ("-6", "2001:db8::/64\n  (Fetched 1 entries.)\n"), ("--pool6 --flush --quick", ""), ("-6c", "0\n"),
      ],
      [
        ("--pool6791", "  (empty)\n"), ("--pool6791 --add 192.0.2.0/24", ""),
        ("--pool6791 --display", "192.0.2.0/24\n  (Fetched 1 entries.)\n"), ("--pool6791 --count", "256\n"),
        ("--pool6791 --remove 192.0.2.0/24", ""), ("--pool6791 --count", "0\n"), ("--pool6791 203.0.113.1", ""),
        ("--pool6791 --flush", ""), ("--pool6791 --count", "0\n"),
      ],
      [
        ("--eam-hairpin-mode 1", ""), ("--rfc6791v6-prefix 2001:db8::/96", ""), ("--rfc6791v6-prefix null", ""),
        ("--amend-udp-checksum-zero ON", ""), ("--randomize-rfc6791-addresses No", ""), ("--update --TOS=7", ""),
        ("--global --update --plateaus '9, 8'", ""), ("--instance --remove", ""),
      ],
    ] as [[(String, String)]])
  func configuresASIIT(lines: [(String, String)]) {
    let bench = TestBench()
    #expect(bench.run("jool_siit --instance --add").status == 0)
    for (options, output) in lines {
      let outcome = bench.run("jool_siit \(options)")
      #expect(outcome.status == 0, "\(options): \(outcome.error)")
      if options != "--eamt" { #expect(outcome.output == output, "\(options)") }
    }
  }

  /// Refused command lines: the status, the first line of the message, and a part of the rest of it.
  @Test(
    arguments: [
      // Operations and options that the mode lacks.
      ("jool --session --add", 234, illegal, "--session has no --add; it has --display, --count."),
      ("jool --bib --flush", 234, illegal, "--bib has no --flush; it has --display, --count, --add, --remove."),
      ("jool --joold --display", 234, illegal, "--joold has no --display; it has --advertise."),
      ("jool --session --quick", 234, illegal, "--session --display does not accept --quick."),
      ("jool --pool4 --flush --tcp", 234, illegal, "--pool4 --flush does not accept --tcp."),
      ("jool --pool4 --add 192.0.2.1 --quick", 234, illegal, "--pool4 --add does not accept --quick."),
      ("jool --pool4 --tos 5", 234, illegal, "--pool4 --display does not accept --tos."),
      ("jool --global --display --tos 5", 234, illegal, "--global --display does not accept --tos."),
      ("jool --global --update", 234, illegal, "--update needs a variable and its value, such as --tos 0."),
      ("jool_siit --eamt --tcp", 64, "jool_siit: unrecognized option '--tcp'", ""),
      // Two modes, operations or variables at once.
      ("jool --session --bib", 234, illegal, "--session and --bib exclude each other."),
      ("jool --pool4 --add --remove 192.0.2.1", 234, illegal, "--add and --remove exclude each other."),
      ("jool --tos 1 --udp-timeout 300", 234, "You can only edit one global config value at a time.", ""),
      // Ambiguous modes.
      ("jool --tcp --numeric", 234, illegal, "A mode is missing, one of --bib, --session."),
      ("jool --count", 234, illegal, "A mode is missing, one of --pool6, --pool4, --bib, --session."),
      ("jool --remove 192.0.2.1", 234, illegal, "A mode is missing, one of --pool6, --pool4, --bib."),
      ("jool --numeric --quick", 234, illegal, "No mode accepts"),
      // Missing and excess arguments.
      ("jool --pool4 --add", 234, "The command is missing an IPv4 prefix or address.", ""),
      ("jool --pool4 --force", 234, "The command is missing an IPv4 prefix or address.", ""),
      ("jool --pool4 --update", 234, "The command is missing --max-iterations.", ""),
      ("jool --bib --add 192.0.2.1#10", 234, "The command is missing an IPv6 transport address.", ""),
      ("jool --bib --remove", 234, "The command is missing at least one transport address.", ""),
      ("jool_siit --eamt --add 192.0.2.1", 234, "The command is missing an IPv6 prefix.", ""),
      ("jool_siit --pool6 --remove", 234, "The command is missing an IPv6 prefix.", ""),
      ("jool_siit --pool6791 --add", 234, "The command is missing an IPv4 prefix.", ""),
      ("jool --pool4 --add 192.0.2.1 1-2 3-4", 64, "jool: Too many arguments", ""),
      ("jool --session 192.0.2.1", 64, "jool: Too many arguments", ""),
      ("jool --global 5", 64, "jool: Too many arguments", ""),
      // Invalid values.
      ("jool --pool4 --add 192.0.2.1 0", 234, "TCP cannot use port 0. (Did you mean 1-65535?)", ""),
      ("jool --pool4 --add 192.0.0.0/23", 249, "Warning: You're adding lots of addresses", "Use --force to override"),
      ("jool --pool4 --add 192.0.2.1 x", 1, "'x' is not a number.", ""),
      ("jool --pool4 --add --mark x 192.0.2.1", 1, "'x' is not a number.", ""),
      ("jool --pool4 --update --tcp --mark 3 --max-iterations 4", 3, "pool4 has no TCP addresses with mark 3.", ""),
      ("jool --pool4 --update --max-iterations 4", 3, "pool4 has no TCP or UDP or ICMP addresses with mark 0.", ""),
      ("jool --bib --remove 192.0.2.1#10", 3, "Jool Error: The entry wasn't in the database.", ""),
      ("jool --fragment-arrival-timeout x", 1, "'x' is not a number.", ""),
      ("jool_siit --pool6 --remove 2001:db8::/96", 3, "--pool6 does not hold 2001:db8::/96.", ""),
      ("jool_siit --pool6791 --remove 192.0.2.0/24", 3, "--pool6791 does not hold 192.0.2.0/24.", ""),
      // Removed options.
      (
        "jool --instance --add", 234, "Since Jool 4.0 the pool6 of a NAT64 is fixed", "instance add --pool6 PREFIX"
      ),
      ("jool --pool6 --add 64:ff9b::/96", 234, "Since Jool 4.0 the pool6 of a NAT64 is fixed", ""),
      ("jool --pool6 --remove 64:ff9b::/96", 234, "Since Jool 4.0 the pool6 of a NAT64 is fixed", ""),
      ("jool --pool6 --flush --quick", 234, "Since Jool 4.0 the pool6 of a NAT64 is fixed", ""),
      ("jool --logTime", 234, "Jool 4.0 removed --logTime.", ""),
      ("jool --allow-atomic-fragments true", 234, "Jool 3.5 removed --allow-atomic-fragments.", ""),
      ("jool_siit --genFH=1", 234, "Jool 3.5 removed --genFH.", ""),
      ("jool_siit --toFrag 2", 64, "jool_siit: unrecognized option '--toFrag'", ""),
    ] as [(String, UInt8, String, String)])
  func refusesInvalidCommandLines(line: String, status: UInt8, first: String, rest: String) {
    let bench = LegacyPool4Tests.nat64()
    bench.run("jool_siit instance add")
    bench.givesHints = false
    let outcome = bench.run(line)
    #expect(outcome.status == status)
    #expect(outcome.error.hasPrefix(first) && outcome.error.contains(rest), "\(outcome.error)")
    #expect(LegacyPool4Tests.pool4(of: bench).isEmpty)
  }

  private static let illegal = "Illegal arguments combination. See the manpage for grammar.\n"

  @Test func refusesASecondPrefixInAPool() {
    let bench = TestBench()
    bench.run("jool_siit --instance --add")
    for (option, prefixes) in [
      ("pool6", ["64:ff9b::/96", "2001:db8::/96"]), ("pool6791", ["192.0.2.0/24", "198.51.100.0/24"]),
    ] {
      #expect(bench.run("jool_siit --\(option) --add \(prefixes[0])").status == 0)
      let outcome = bench.run("jool_siit --\(option) --add \(prefixes[1])")
      #expect(outcome.status == 17)
      #expect(
        outcome.error.hasSuffix(
          """
          Since Jool 4.0 --\(option) holds only one prefix, and that is \(prefixes[0]).
          Remove it first: --\(option) --remove \(prefixes[0])

          """))
      #expect(bench.run("jool_siit --\(option) --remove \(prefixes[1])").status == 3)
      #expect(bench.run("jool_siit --\(option)").output.hasPrefix(prefixes[0] + "\n"))
    }
  }

  @Test func addsABindingToAllProtocolsOrNone() {
    let bench = LegacyPool4Tests.nat64()
    bench.run("jool --pool4 --add --tcp --udp 192.0.2.1 10-19")
    bench.run("jool --bib --add --tcp 192.0.2.1#10 2001:db8::1#10")
    for name in ["192.0.2.1#10 2001:db8::1#10", "192.0.2.1#11 2001:db8::1#11"] {
      let outcome = bench.run("jool --bib --add \(name)")
      #expect(outcome.status == 22)
      #expect(outcome.error.contains("does not belong to pool4"))
      #expect(bench.kernel.instances[0].bib.map(\.proto) == [.tcp])
    }
  }

  @Test(arguments: ["--fragment-arrival-timeout 2", "--toFrag 2", "--global --toFrag=2", "--update --toFrag 2"])
  func acceptsTheTimeoutWithoutEffect(options: String) {
    let bench = LegacyPool4Tests.nat64()
    let before = bench.run("jool global display").output
    let outcome = bench.run("jool \(options)")
    #expect(outcome.status == 0 && outcome.output.isEmpty)
    #expect(outcome.error.hasSuffix(" does nothing on kernels from 3.13 on: leave it out.\n"))
    #expect(bench.run("jool global display").output == before)
    #expect(TestBench().run("jool \(options)").status == 0)
  }

  @Test(
    arguments: [
      ("--pool4 --add 192.0.2.1", "pool4 add 192.0.2.1 0-65535 (--tcp | --udp | --icmp)"),
      ("--pool4 --add --tcp 192.0.2.1", "pool4 add 192.0.2.1 1-65535 --tcp"),
      ("--pool4 --add --icmp 192.0.2.1 --mark 5", "pool4 add 192.0.2.1 0-65535 --icmp --mark 5"),
      ("--pool4 --remove 192.0.2.1 --quick", "pool4 remove 192.0.2.1 (--tcp | --udp | --icmp) --quick"),
      ("--instance --remove", "instance remove"), ("--pool6", "global display"), ("--joold", "session advertise"),
      ("--advertise", "session advertise"), ("-i x --session --count", "-i x session count"),
      ("--pool4 --update --tcp --max-iterations 4", "pool4 add ADDRESS PORTS --tcp --max-iterations 4"),
    ] as [(String, String)])
  func hintsAtTheCurrentSpelling(options: String, words: String) {
    #expect(
      LegacyPool4Tests.nat64().run("jool \(options)").error.hasPrefix("Hint: Jool 4 spells this: jool \(words)\n"))
  }
}
