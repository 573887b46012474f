import JoolCore
import JoolDaemon

/// Whether a firewall of this machine drops the datagrams between this node and the other ones.
///
/// Only what is certain is a finding: a rule that looks at something unknown is no evidence.
struct FirewallCheck: HealthCheck {
  var instance: InstanceFacts
  /// The chains that drop datagrams, by direction.
  private var dropping: [GroupPacket.Direction: [Firewall.Chain]] = [:]
  private(set) var gaps: [String] = []

  init(_ instance: InstanceFacts, _ proxy: ProxyFacts, _ system: SystemReader) {
    self.instance = instance
    let packets = proxy.options?.configuration.links.flatMap(GroupPacket.packets) ?? []
    guard !packets.isEmpty else { return }
    let nftables = system.output("if command -v nft >/dev/null; then nft -j list ruleset; else echo; fi")
    if nftables == nil { note("The rules of nftables cannot be read (nft list ruleset).") }
    let rules = nftables.flatMap(NFTablesRules.init)
    for packet in packets {
      for chain in chains(rules, dropping: packet, system) {
        let known = dropping[packet.direction] ?? []
        if !known.contains(where: { $0.remedy == chain.remedy }) { dropping[packet.direction] = known + [chain] }
      }
    }
  }

  private mutating func chains(
    _ nftables: NFTablesRules?, dropping packet: GroupPacket, _ system: SystemReader
  ) -> [Firewall.Chain] {
    let (family, program) = packet.isIPv6 ? ("ip6", "ip6tables") : ("ip", "iptables")
    var found: [Firewall.Chain] = []
    func add(_ rules: String, of program: String) {
      found += IPTablesRules.firewall(rules, program: program, for: packet).dropping
    }
    // iptables writes into nftables what nft(8) cannot print, such as comments. Then its own program has to read it.
    var readByIPTables = (nftables?.tablesOfIPTables ?? []).filter { $0.hasPrefix("\(family) ") }
    if !readByIPTables.isEmpty {
      if let rules = system.output("\(program)-nft-save") {
        add(rules, of: "\(program)-nft")
      } else {
        readByIPTables = []
        note("Some rules of \(program) cannot be read (\(program)-nft-save).")
      }
    }
    found += nftables?.firewall(for: packet, without: readByIPTables).dropping ?? []
    guard system.text("/proc/net/\(family)_tables_names")?.isEmpty == false else { return found }
    for program in ["\(program)-legacy", program] {
      guard let rules = system.output("\(program)-save") else { continue }
      add(rules, of: program)
      return found
    }
    note("The rules of \(program) cannot be read (\(program)-save).")
    return found
  }

  private mutating func note(_ gap: String) { if !gaps.contains(gap) { gaps.append(gap) } }

  var findings: [HealthFinding] {
    GroupPacket.Direction.allCases.compactMap { direction in
      guard let chains = dropping[direction] else { return nil }
      let list = Set(chains.map(\.title)).sorted().joined(separator: ", ")
      let isIncoming = direction == .incoming
      return instance.finding(
        "firewall", "The firewall drops the datagrams \(isIncoming ? "of" : "to") the other nodes: \(list).",
        isIncoming
          ? "This node gets no sessions of the others, so it cannot take over from them."
          : "The others get no sessions of this node, so they cannot take over from it.",
        commands: chains.map(\.remedy))
    }
  }
}
