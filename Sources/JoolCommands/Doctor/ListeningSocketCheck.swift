import JoolCore

/// Whether services of this machine wait on ports of pool4.
struct ListeningSocketCheck: HealthCheck {
  var instance: InstanceFacts
  var ports: LocalPorts

  /// An address of pool4 whose packets a service waits for.
  private struct Conflict {
    var entry: Pool4Entry
    var port: UInt16

    var text: String { "\(entry.proto) \(entry.prefix.address)#\(port)" }
  }

  private var conflicts: [Conflict] {
    // A UDP socket on an ephemeral port is not a service, but a query that waits for its answer.
    let services = ports.listeners.filter { $0.proto == .tcp || !ports.ephemeral.contains($0.port) }
    return services.flatMap { service in
      instance.pool4.filter { entry in
        entry.proto == service.proto && ports.ownAddresses.contains(entry.prefix.address)
          && service.address.map { $0 == entry.prefix.address } ?? true
          && entry.ports.intersects(PortRange(service.port, service.port))
      }.map { Conflict(entry: $0, port: service.port) }
    }
  }

  var findings: [HealthFinding] {
    let conflicts = conflicts
    guard !conflicts.isEmpty else { return [] }
    let list = conflicts.prefix(8).map(\.text).joined(separator: ", ")
    return [
      instance.finding(
        "listening-socket",
        "Services of this machine listen on ports of pool4: \(list)"
          + (conflicts.count > 8 ? " and \(conflicts.count - 8) more." : "."),
        "While a client has such a port as its mask, the packets for the service go to that client.",
        commands: conflicts.map { conflict in
          let entry = conflict.entry
          return "\(instance.program) pool4 remove \(entry.tableOptions) \(entry.prefix.address) "
            + "\(conflict.port)-\(conflict.port)"
        }, advice: "Or give the service another port. To find it, run: ss -tulpn")
    ]
  }
}
