import JoolDaemon
import Testing

@testable import JoolCommands
@testable import JoolCore

@Suite struct FirewallTests {
  private static let packet = GroupPacket(
    isIPv6: true, port: 6464, group: AnyIPAddress("ff08::db8:64:64"), interface: "eth2")

  /// A ruleset in the form of nft 1.0.6, with an input chain of these rules, each a list of statements.
  private static func ruleset(policy: String = "accept", family: String = "inet", _ rules: String...) -> String {
    let name = #""family": "\#(family)", "table": "filter""#
    let chain = #"{"chain": {\#(name), "name": "input", "handle": 1, "type": "filter", "hook": "input", "prio": 0, "#
    let items = rules.map { #"{"rule": {\#(name), "chain": "input", "handle": 2, "expr": [\#($0)]}}"# }
    let other = #"{"chain": {\#(name), "name": "sync", "handle": 9}}"#
    return #"{"nftables": [{"metainfo": {"version": "1.0.6"}}, \#(chain)"policy": "\#(policy)"}}, "#
      + ([other] + items).joined(separator: ", ") + "]}"
  }

  private static let port =
    #"{"match": {"op": "==", "left": {"payload": {"protocol": "udp", "field": "dport"}}, "right": 6464}}"#
  private static let established =
    #"{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"accept": null}"#
  private static let unknown =
    #"{"match": {"op": "==", "left": {"payload": {"protocol": "ip6", "field": "saddr"}}, "right": "2001:db8::5"}}"#

  private static func drops(_ ruleset: String, _ packet: GroupPacket = packet) -> Bool {
    NFTablesRules(ruleset)?.firewall(for: packet).dropping.isEmpty == false
  }

  @Test func findsAPolicyThatDrops() {
    #expect(Self.drops(Self.ruleset(policy: "drop", Self.established)))
    #expect(!Self.drops(Self.ruleset(policy: "drop", Self.established, Self.port + #", {"accept": null}"#)))
    #expect(!Self.drops(Self.ruleset(Self.established)))
  }

  @Test func findsARuleThatDrops() {
    let drop = Self.port + #", {"counter": {"packets": 0, "bytes": 0}}, {"drop": null}"#
    #expect(Self.drops(Self.ruleset(drop)))
    #expect(!Self.drops(Self.ruleset(#"{"accept": null}"#, drop)))
    var other = Self.packet
    other.port = 6400
    #expect(!Self.drops(Self.ruleset(drop), other))
  }

  @Test func namesTheCommandThatLetsThePacketsThrough() {
    let chain = NFTablesRules(Self.ruleset(policy: "drop"))?.firewall(for: Self.packet).dropping.first
    #expect(chain?.remedy == "nft insert rule inet filter input udp dport 6464 accept")
    #expect(chain?.title == "chain input of table inet filter (nftables)")
  }

  @Test func ignoresTheRulesOfTheOtherIPVersion() {
    #expect(!Self.drops(Self.ruleset(policy: "drop", family: "ip")))
    #expect(Self.drops(Self.ruleset(policy: "drop", family: "ip6")))
  }

  @Test func claimsNothingAfterARuleThatMayAccept() {
    #expect(!Self.drops(Self.ruleset(policy: "drop", Self.unknown + #", {"accept": null}"#)))
    #expect(!Self.drops(Self.ruleset(policy: "drop", #"{"xt": null}"#)))
    // A rule that may drop does not matter if the policy drops anyway.
    #expect(Self.drops(Self.ruleset(policy: "drop", Self.unknown + #", {"drop": null}"#)))
    #expect(!Self.drops(Self.ruleset(Self.unknown + #", {"drop": null}"#)))
  }

  @Test func followsJumps() {
    let jump = #"{"jump": {"target": "sync"}}"#
    let rule =
      #"{"rule": {"family": "inet", "table": "filter", "chain": "sync", "expr": [\#(Self.port), {"accept": null}]}}"#
    let text = Self.ruleset(policy: "drop", jump)
    #expect(Self.drops(text))
    #expect(text.hasSuffix("]}"))
    #expect(!Self.drops(text.dropLast(2) + ", \(rule)]}"))
  }

  @Test(arguments: [
    (#"{"set": [22, 6464]}"#, true), (#"{"set": [{"range": [6400, 6500]}]}"#, true), (#"{"range": [1, 6463]}"#, false),
    ("22", false),
  ])
  func comparesSetsAndRangesOfPorts(right: String, isDropped: Bool) {
    let rule = Self.port.replacing("6464", with: right) + #", {"drop": null}"#
    #expect(Self.drops(Self.ruleset(rule)) == isDropped)
  }

  @Test(arguments: [
    (#"{"meta": {"key": "iifname"}}, "right": "eth2""#, true),
    (#"{"meta": {"key": "iifname"}}, "right": "eth*""#, true),
    (#"{"meta": {"key": "iifname"}}, "right": "eth0""#, false),
    (#"{"meta": {"key": "iifname"}}, "right": "lo""#, false),
    (#"{"meta": {"key": "l4proto"}}, "right": "udp""#, true), (#"{"meta": {"key": "l4proto"}}, "right": "tcp""#, false),
    (#"{"meta": {"key": "nfproto"}}, "right": "ipv6""#, true),
    (#"{"meta": {"key": "pkttype"}}, "right": "multicast""#, true),
    (#"{"payload": {"protocol": "tcp", "field": "dport"}}, "right": 6464"#, false),
    (#"{"payload": {"protocol": "ip", "field": "daddr"}}, "right": "192.0.2.1""#, false),
    (#"{"payload": {"protocol": "ip6", "field": "daddr"}}, "right": {"prefix": {"addr": "ff00::", "len": 8}}"#, true),
    (#"{"payload": {"protocol": "ip6", "field": "daddr"}}, "right": "2001:db8::1""#, false),
    (#"{"fib": {"result": "type", "flags": ["daddr"]}}, "right": "local""#, false),
  ])
  func understandsMatches(match: String, isDropped: Bool) {
    #expect(Self.drops(Self.ruleset(#"{"match": {"op": "==", "left": \#(match)}}, {"drop": null}"#)) == isDropped)
  }

  @Test func understandsVerdictMaps() {
    let map =
      #"{"vmap": {"key": {"ct": {"key": "state"}}, "data": {"set": [["invalid", {"drop": null}], ["established", {"accept": null}]]}}}"#
    // A packet may be invalid, but a new one is neither accepted nor dropped by this map.
    #expect(Self.drops(Self.ruleset(policy: "drop", map)))
    #expect(!Self.drops(Self.ruleset(map)))
  }

  @Test func knowsNoStateOfDatagramsThatAPeerMayAnswer() {
    let packet = GroupPacket(isIPv6: true, port: 6464, interface: "eth2")
    #expect(!Self.drops(Self.ruleset(policy: "drop", Self.established), packet))
  }

  @Test func readsRulesOfIPTables() {
    func drops(_ rules: String) -> [Firewall.Chain] {
      let head = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:sync - [0:0]\n"
      return IPTablesRules.firewall(head + rules + "\nCOMMIT\n", program: "ip6tables-legacy", for: Self.packet).dropping
    }
    #expect(drops("-A FORWARD -j DROP").isEmpty)
    #expect(
      drops("-A INPUT -i eth2 -p udp -m udp --dport 6464 -j DROP").map(\.remedy)
        == ["ip6tables-legacy -I INPUT -p udp --dport 6464 -j ACCEPT"])
    #expect(
      !drops(#"-A INPUT -p udp -m multiport --dports 22,6400:6500 -m comment --comment "no peers" -j REJECT"#).isEmpty)
    #expect(!drops("-A INPUT ! -i lo -p udp -j sync\n-A sync -m conntrack --ctstate NEW -j DROP").isEmpty)
    #expect(drops("-A INPUT -p tcp -j DROP\n-A INPUT -d ff02::/16 -j DROP\n-A INPUT -i eth0 -j DROP").isEmpty)
    #expect(drops("-A INPUT -s 2001:db8::5/128 -j ACCEPT\n-A INPUT -j DROP").isEmpty)
    #expect(drops("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -j DROP").count == 1)
  }

  @Test func comparesOutgoingDatagramsWithTheChainsForThem() {
    var packet = Self.packet
    packet.direction = .outgoing
    let output = Self.ruleset(
      policy: "drop",
      #"{"match": {"op": "==", "left": {"meta": {"key": "oifname"}}, "right": "eth0"}}, {"accept": null}"#
    )
    .replacing(#""hook": "input""#, with: #""hook": "output""#)
    #expect(Self.drops(output, packet))
    #expect(!Self.drops(output.replacing(#""eth0""#, with: #""eth2""#), packet))
    #expect(!Self.drops(output), "incoming ones do not enter this chain")
    #expect(!Self.drops(Self.ruleset(policy: "drop"), packet))
    let rules = "*filter\n:INPUT DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -o eth2 -p udp --dport 6464 -j REJECT\n"
    #expect(
      IPTablesRules.firewall(rules, program: "iptables", for: packet).dropping.map(\.remedy)
        == ["iptables -I OUTPUT -p udp --dport 6464 -j ACCEPT"])
  }

  @Test func findsTheTablesThatOnlyIPTablesCanRead() {
    let comment = #"{"xt": {"type": "match", "name": "comment"}}, {"drop": null}"#
    #expect(NFTablesRules(Self.ruleset(family: "ip6", Self.port, comment))?.tablesOfIPTables == ["ip6 filter"])
    #expect(NFTablesRules(Self.ruleset(Self.port))?.tablesOfIPTables == [])
    let rules = NFTablesRules(Self.ruleset(policy: "drop", family: "ip6", comment))
    #expect(rules?.firewall(for: Self.packet).dropping.count == 1)
    #expect(rules?.firewall(for: Self.packet, without: ["ip6 filter"]).dropping.isEmpty == true)
  }

  @Test func readsLinks() {
    let group = ProxyConfiguration.Link.group(
      .init(group: "ff08::1%eth2", port: "6464", incomingInterface: "eth2", outgoingInterface: "eth3"))
    let address = AnyIPAddress("ff08::1")
    #expect(
      GroupPacket.packets(of: group) == [
        GroupPacket(isIPv6: true, port: 6464, group: address, interface: "eth2"),
        GroupPacket(direction: .outgoing, isIPv6: true, port: 6464, group: address, interface: "eth3"),
      ])
    let peers = ProxyConfiguration.Link.peers(
      .init(peers: [.init(host: "192.0.2.5", port: "6400"), .init(host: "node.example", port: "6400")], port: "6401"))
    #expect(
      GroupPacket.packets(of: peers) == [
        GroupPacket(isIPv6: false, port: 6401),
        GroupPacket(direction: .outgoing, isIPv6: false, port: 6400, peer: AnyIPAddress("192.0.2.5")),
      ])
    #expect(
      GroupPacket.packets(of: .peers(.init(peers: [.init(host: "node.example", port: "1")], port: "6401"))).isEmpty)
  }
}
