import JoolCore
import JoolDaemon

/// Whether a firewall of this machine drops the datagrams of the other nodes.
///
/// Only what is certain is a finding: a rule that looks at something unknown is no evidence.
struct FirewallCheck: HealthCheck {
  var instance: InstanceFacts
  /// The chains that drop datagrams, in the order in which packets would need to pass them.
  var dropping: [Firewall.Chain] = []
  var gaps: [String] = []

  init(_ instance: InstanceFacts, dropping: [Firewall.Chain]) { (self.instance, self.dropping) = (instance, dropping) }

  init(_ instance: InstanceFacts, _ proxy: ProxyFacts, _ system: SystemReader) {
    self.instance = instance
    let packets = proxy.options?.configuration.links.compactMap(GroupPacket.init) ?? []
    guard !packets.isEmpty else { return }
    let nftables = system.output("if command -v nft >/dev/null; then nft -j list ruleset; else echo; fi")
    if nftables == nil { gaps.append("The rules of nftables cannot be read (nft list ruleset).") }
    for packet in packets {
      var found = nftables.flatMap { NFTablesRules.firewall($0, for: packet)?.dropping } ?? []
      if let legacy = legacyRules(for: packet, system) {
        found += IPTablesRules.firewall(legacy.rules, program: legacy.program, for: packet).dropping
      }
      for chain in found where !dropping.contains(where: { $0.title == chain.title }) { dropping.append(chain) }
    }
  }

  /// The rules of iptables that are not rules of nftables as well, and the program that changes them.
  ///
  /// `nil` if there are none.
  private mutating func legacyRules(
    for packet: GroupPacket, _ system: SystemReader
  ) -> (rules: String, program: String)? {
    let (tables, name) = packet.isIPv6 ? ("ip6_tables_names", "ip6tables") : ("ip_tables_names", "iptables")
    guard system.text("/proc/net/\(tables)")?.isEmpty == false else { return nil }
    for program in ["\(name)-legacy", name] {
      if let rules = system.output("\(program)-save") { return (rules, program) }
    }
    gaps.append("The rules of \(name) cannot be read (\(name)-save).")
    return nil
  }

  var findings: [HealthFinding] {
    guard !dropping.isEmpty else { return [] }
    return [
      instance.finding(
        "firewall",
        "The firewall drops the datagrams of the other nodes: \(dropping.map(\.title).joined(separator: ", ")).",
        "This node gets no sessions of the others, so it cannot take over from them.",
        commands: dropping.map(\.remedy))
    ]
  }
}
