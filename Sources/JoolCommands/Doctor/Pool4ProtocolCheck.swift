import JoolCore

/// Whether pool4 has addresses for each protocol.
struct Pool4ProtocolCheck: HealthCheck {
  var instance: InstanceFacts

  /// The number of commands that a finding has at most.
  private static let limit = 16

  var findings: [HealthFinding] {
    guard !instance.pool4.isEmpty else { return [] }
    return L4Protocol.allCases.filter { proto in !instance.pool4.contains { $0.proto == proto } }.map(finding)
  }

  private func finding(without proto: L4Protocol) -> HealthFinding {
    // The entries of another protocol show which addresses the administrator wants.
    let model = L4Protocol.allCases.first { other in instance.pool4.contains { $0.proto == other } }
    let commands = instance.pool4.filter { $0.proto == model }.map { entry in
      var copy = entry
      copy.proto = proto
      // ICMP identifiers are no ports, so all of them can be used; and those of ICMP say nothing about ports.
      copy.ports = proto == .icmp ? .all : entry.proto == .icmp ? PortRange(61001, 65535) : entry.ports
      return "\(instance.program) pool4 add \(copy.tableOptions) \(copy.prefix.address) \(copy.ports)"
    }
    let unique = commands.enumerated().filter { index, command in commands.firstIndex(of: command) == index }
    return instance.finding(
      "pool4-protocol", "pool4 has no addresses for \(proto).",
      proto == .icmp
        ? "Clients cannot ping IPv4 nodes. (Error messages are translated.)"
        : "No \(proto) packet of a client is translated.",
      commands: unique.prefix(Self.limit).map(\.element))
  }
}
