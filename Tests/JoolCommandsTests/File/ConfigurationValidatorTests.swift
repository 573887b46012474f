import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of each rule by which modules refuse a configuration.
///
/// Scenarios in the VM compare the rules with the modules.
@Suite struct ConfigurationValidatorTests {
  private static let pool4 = #""pool4": [ { "protocol": "TCP", "prefix": "192.0.2.0/30", "port range": "1000-2000" } ]"#

  @Test(
    arguments: [
      (#""pool6": "64:ff9b::/97""#, "97 is not a valid prefix length (32, 40, 48, 56, 64, 96)."),
      (#""pool6": "64:ff9b::1/96""#, "'64:ff9b::1/96' seems to have a suffix; please fix."),
      (#""pool6": "64::1/64""#, "'64::1/64' seems to have a suffix; please fix."),
      (#""pool6": null"#, "Object 'global' is missing the 'pool6' child."),
      (#""tos": 1"#, "Object 'global' is missing the 'pool6' child."),
      (#""pool6": "64::/96", "udp-timeout": "1:59.999""#, "udp-timeout must be at least 0:02:00."),
      (#""pool6": "64::/96", "tcp-est-timeout": "1:59:59""#, "tcp-est-timeout must be at least 2:00:00."),
      (#""pool6": "64::/96", "tcp-trans-timeout": "3:59""#, "tcp-trans-timeout must be at least 0:04:00."),
      (#""pool6": "64::/96", "lowest-ipv6-mtu": 1279"#, "lowest-ipv6-mtu must be at least 1280."),
      (#""pool6": "64::/96", "mtu-plateaus": [0, 0]"#, "The plateaus list contains nothing but zeroes."),
      (#""pool6": "64::/96", "f-args": 16"#, "f-args must be at most 15."),
      (#""pool6": "64::/96", "eam-hairpin-mode": "off""#, "NAT64 has no eam-hairpin-mode."),
    ] as [(String, String)])
  func refusesInvalidVariables(members: String, message: String) throws {
    try Self.expect([message: .refused], in: #""global": { \#(members) }"#)
  }

  @Test(
    arguments: [
      #""udp-timeout": "2:00""#, #""icmp-timeout": "0""#, #""lowest-ipv6-mtu": 1280"#, #""f-args": 15"#,
      #""mtu-plateaus": [0, 1]"#, #""mtu-plateaus": []"#, #""ss-capacity": 0"#, #""maximum-simultaneous-opens": 0"#,
      #""ss-max-sessions-per-packet": 4294967295"#, #""tos": 255"#,
    ])
  func acceptsValidVariables(member: String) throws {
    try Self.expect([:], in: #""global": { "pool6": "64:ff9b::/96", \#(member) }"#)
  }

  @Test func marksVariablesThatNeedForce() throws {
    try Self.expect(
      ["Bits 64 to 71 of pool6 '2001:db8:0:0:ff00::/96' must be zero (RFC 6052).": .refusedUnlessForced],
      in: #""global": { "pool6": "2001:db8:0:0:ff00::/96" }"#)
    for prefix in ["127.0.0.1/32", "0.0.0.0/0", "169.254.1.0/24", "224.1.0.0/16", "255.255.255.255/32", "128.0.0.0/1"] {
      for text in [#""global": { "rfc6791v4-prefix": "\#(prefix)" }"#, #""denylist4": [ "\#(prefix)" ]"#] {
        #expect(try Self.findings(in: text, .siit).map(\.effect) == [.refusedUnlessForced], "\(text)")
      }
    }
    for prefix in ["10.0.0.0/8", "1.0.0.0/8", "128.0.0.0/4"] {
      try Self.expect([:], in: #""denylist4": [ "\#(prefix)", "\#(prefix)" ]"#, .siit)
    }
    try Self.expect(
      ["'192.0.2.1/24' seems to have a suffix; please fix.": .refused], in: #""denylist4": [ "192.0.2.1/24" ]"#, .siit)
    try Self.expect(
      ["'2001:db8::1/64' seems to have a suffix; please fix.": .refused],
      in: #""global": { "rfc6791v6-prefix": "2001:db8::1/64" }"#, .siit)
  }

  @Test func requiresPool6OnlyOfNAT64() throws {
    try Self.expect([:], in: #""global": { "pool6": null }"#, .siit)
    try Self.expect(["Object 'global' is missing the 'pool6' child.": .refused], in: #""comment": 1"#)
  }

  @Test(arguments: [9, 12, 13, 14, 15] as [UInt8]) func appliesTheRulesOfTheRelease(revision: UInt8) throws {
    let module = ModuleVersion(4, 1, revision)
    func effects(_ members: String) throws -> [ConfigurationFinding.Effect] {
      try Self.findings(in: members, module: module).map(\.effect)
    }
    let global = #""global": { "pool6": "64::/96" }"#
    #expect(try effects(#"\#(global), "framework": "iptables""#) == (revision == 13 ? [.refused] : []))
    #expect(
      try effects(#""global": { "pool6": "64::/96", "ss-max-sessions-per-packet": 10 }"#)
        == (revision < 11 ? [.refused] : []))
    #expect(
      try effects(#""global": { "pool6": "64::/96", "ss-flush-asap": true }"#) == (revision < 13 ? [] : [.accepted]))
    #expect(
      try effects(#""global": { "pool6": "64::/96", "ss-max-payload": 9 }"#) == (revision < 11 ? [] : [.accepted]))
    let initial = #""ss-flush-asap": false, "ss-max-payload": 1452"#
    #expect(try effects(#""global": { "pool6": "64::/96", \#(initial) }"#) == [])
    #expect(
      try effects(#"\#(global), "pool4": [ { "protocol": "UDP", "prefix": "192.0.2.1", "port range": "60999" } ]"#)
        == (revision < 15 ? [] : [.refusedUnlessForced]))
  }

  @Test(
    arguments: [
      ("1-65535", "TCP", true), ("32767", "TCP", false), ("61000", "TCP", false), ("40000-10", "UDP", true),
      ("0-65535", "ICMP", false),
    ] as [(String, String, Bool)])
  func refusesEphemeralPorts(ports: String, proto: String, isRefused: Bool) throws {
    let entry = #"{ "protocol": "\#(proto)", "prefix": "192.0.2.1", "port range": "\#(ports)" }"#
    let findings = try Self.findings(in: #""global": { "pool6": "64::/96" }, "pool4": [ \#(entry) ]"#)
    #expect(findings.map(\.effect) == (isRefused ? [.refusedUnlessForced] : []))
  }

  @Test(
    arguments: [
      (["2001:db8::1#80 192.0.2.3#1080"], nil), (["2001:db8::1#80 192.0.2.4#1080"], "is not in pool4."),
      (["2001:db8::1#80 192.0.2.3#80"], "is not in pool4."), (["2001:db8::1#80 192.0.2.3#0"], "is not in pool4."),
      // The module accepts the same entry twice.
      (["2001:db8::1#80 192.0.2.1#1080", "2001:db8::1#80 192.0.2.1#1080"], nil),
      (["2001:db8::1#80 192.0.2.1#1080", "2001:db8::2#80 192.0.2.1#1080"], "collides with"),
      (["2001:db8::1#80 192.0.2.1#1080", "2001:db8::1#80 192.0.2.1#1081"], "collides with"),
      (["::#0 192.0.2.1#1080", "ff02::1#80 192.0.2.1#1081"], nil),
    ] as [([String], String?)])
  func refusesCollidingStaticEntries(entries: [String], message: String?) throws {
    let bib = entries.map { entry in
      let addresses = entry.split(separator: " ")
      return #"{ "protocol": "TCP", "ipv6 address": "\#(addresses[0])", "ipv4 address": "\#(addresses[1])" }"#
    }.joined(separator: ", ")
    let findings = try Self.findings(in: #""global": { "pool6": "64::/96" }, "bib": [ \#(bib) ], \#(Self.pool4)"#)
    #expect(findings.map(\.effect) == (message == nil ? [] : [.refused]))
    if let message { #expect(findings.first?.problem.text.contains(message) == true) }
  }

  @Test func looksUpStaticEntriesInThePool4OfTheirProtocol() throws {
    let bib = #""bib": [ { "protocol": "UDP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#1080" } ]"#
    try Self.expect(
      ["UDP address '192.0.2.1#1080' is not in pool4.": .refused],
      in: #""global": { "pool6": "64::/96" }, \#(Self.pool4), \#(bib)"#)
  }

  @Test(
    arguments: [
      (["2001:db8:1::1/120 192.0.2.0/24"], .refused), (["2001:db8:1::/120 192.0.2.1/24"], .refused),
      (["2001:db8:1::/125 192.0.2.0/28"], .refused), (["2001:db8:1::/64 192.0.2.0/28"], nil),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:1::/120 192.0.2.0/24"], .refused),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:1::/120 198.51.100.0/24"], .refused),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:2::/120 192.0.2.0/24"], .refused),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:2::/124 192.0.2.16/28"], .refusedUnlessForced),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:1::10/124 198.51.100.0/28"], .refusedUnlessForced),
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:1::/112 198.51.0.0/16"], .refusedUnlessForced),
      // The larger prefix begins at another address and comes second.
      (["2001:db8:1::/120 192.0.2.0/24", "2001:db8:2::/112 192.0.0.0/16"], nil),
      (["2001:db8:2::/112 192.0.0.0/16", "2001:db8:1::/120 192.0.2.0/24"], .refusedUnlessForced),
      (["2001:db8:1::/120 192.0.2.0/24", "::/0 0.0.0.0/0"], nil),
      (["::/0 0.0.0.0/0", "2001:db8:1::/120 192.0.2.0/24"], .refusedUnlessForced),
    ] as [([String], ConfigurationFinding.Effect?)])
  func refusesOverlappingMappings(entries: [String], effect: ConfigurationFinding.Effect?) throws {
    let eamt = entries.map { entry in
      let prefixes = entry.split(separator: " ")
      return #"{ "ipv6 prefix": "\#(prefixes[0])", "ipv4 prefix": "\#(prefixes[1])" }"#
    }.joined(separator: ", ")
    let findings = try Self.findings(in: #""eamt": [ \#(eamt) ]"#, .siit)
    #expect(findings.map(\.effect) == [effect].compactMap { $0 })
    #expect(findings.allSatisfy { $0.place == .eamt(entries.count - 1) })
  }

  @Test func refusesAMappingThatCollidesAfterAForcedOne() throws {
    let findings = try Self.findings(
      in: #"""
        "eamt": [
          { "ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "192.0.2.0/24" },
          { "ipv6 prefix": "2001:db8:1::/124", "ipv4 prefix": "198.51.100.0/28" },
          { "ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "203.0.113.0/24" }
        ]
        """#, .siit)
    #expect(findings.map(\.effect) == [.refusedUnlessForced, .refused])
  }

  @Test func warnsOfTheCostOfALargePool4() throws {
    func texts(_ prefixes: [String]) throws -> [String] {
      let pool4 = prefixes.map { #"{ "protocol": "TCP", "prefix": "\#($0)" }"# }.joined(separator: ", ")
      let findings = try Self.findings(in: #""global": { "pool6": "64::/96" }, "pool4": [ \#(pool4) ]"#)
      #expect(findings.allSatisfy { $0.effect == .accepted })
      return findings.map(\.problem.text)
    }
    #expect(try texts(["10.0.0.0/20"]) == [])
    #expect(
      try texts(["10.0.0.0/20", "192.0.2.1"]) == [
        "pool4 has 4097 addresses: the module needs about a second and 1 MB to add them, "
          + "and answers no other request meanwhile."
      ])
    #expect(try texts(["10.0.0.0/16"])[0].contains("about 15 seconds and 5 MB"))
    #expect(try texts(["10.0.0.0/8"])[0].contains("about 11 days and 1 GB"))
  }

  private static func expect(
    _ expected: [String: ConfigurationFinding.Effect], in members: String, _ translator: TranslatorType = .nat64
  ) throws {
    let found = try findings(in: members, translator).map { ($0.problem.text, $0.effect) }
    #expect(Dictionary(found) { $1 } == expected, "\(members)")
  }

  private static func findings(
    in members: String, _ translator: TranslatorType = .nat64, module: ModuleVersion = .newestKnown
  ) throws -> [ConfigurationFinding] {
    let framework = members.contains("\"framework\"") ? "" : #""framework": "netfilter", "#
    let text = #"{ "instance": "a", \#(framework)\#(members) }"#
    let reader = try ConfigurationReader(text: Array(text.utf8), path: "F", translator: translator)
    return ConfigurationValidator(translator: translator, module: module).findings(in: reader.configuration)
  }
}
