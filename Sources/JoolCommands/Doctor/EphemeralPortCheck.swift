import JoolCore

/// Whether pool4 shares ports with the connections that this machine itself opens.
struct EphemeralPortCheck: HealthCheck {
  var instance: InstanceFacts
  var ports: LocalPorts

  /// The number of ephemeral ports that must remain if ports are reserved for pool4.
  private static let least = 4096

  /// The part of an entry that the machine's own connections use as well.
  private struct Overlap {
    var entry: Pool4Entry
    var ports: PortSet
  }

  private var overlaps: [Overlap] {
    instance.pool4.filter { $0.proto != .icmp && ports.ownAddresses.contains($0.prefix.address) }
      .map { Overlap(entry: $0, ports: PortSet([$0.ports]).intersection(ports.ephemeral)) }
      .filter { !$0.ports.isEmpty }
  }

  var findings: [HealthFinding] {
    let overlaps = overlaps
    guard !overlaps.isEmpty else { return [] }
    let shared = overlaps.reduce(PortSet()) { $0.union($1.ports) }
    let canReserve = ports.ephemeral.subtracting(shared).count >= Self.least
    let list = overlaps.prefix(8).map { "\($0.entry.proto) \($0.entry.prefix.address)#\($0.ports.list)" }
    return [
      instance.finding(
        "ephemeral-ports",
        "pool4 has ports that this machine also uses for its own connections: \(list.joined(separator: ", "))"
          + (overlaps.count > 8 ? " and \(overlaps.count - 8) more." : "."),
        "Answers to the machine's own connections are translated and go to clients, so such connections fail now and "
          + "then.",
        commands: canReserve
          ? ["sysctl -w net.ipv4.ip_local_reserved_ports=\(ports.reserved.union(shared).list)"]
          : overlaps.flatMap(removal),
        advice: canReserve ? nil : "Clients' connections through the removed ports end.")
    ]
  }

  /// The commands that take the shared ports from an entry.
  ///
  /// An entry that would lose all its ports gets others first.
  private func removal(_ overlap: Overlap) -> [String] {
    let entry = overlap.entry
    func command(_ verb: String, _ ports: PortRange) -> String {
      "\(instance.program) pool4 \(verb) \(entry.tableOptions) \(entry.prefix.address) \(ports)"
    }
    let isAll = PortSet([entry.ports]).subtracting(overlap.ports).isEmpty
    return (isAll ? [command("add", PortRange(61001, 65535))] : [])
      + overlap.ports.ranges.map { command("remove", $0) }
  }
}
