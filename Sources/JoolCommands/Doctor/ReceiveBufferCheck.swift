import JoolDaemon

/// Whether the proxy's socket holds bursts of sessions.
///
/// The proxy asks for a large buffer and gets it if it has CAP_NET_ADMIN in the first user namespace. Otherwise
/// `net.core.rmem_max` limits it.
struct ReceiveBufferCheck: HealthCheck {
  var instance: InstanceFacts
  /// The smallest buffer of the proxy's sockets in bytes; `nil` if it is not known.
  var granted: Int?

  static let wanted = Int(SyncLinks.receiveBuffer)

  init(_ instance: InstanceFacts, granted: Int?) { (self.instance, self.granted) = (instance, granted) }

  init(_ instance: InstanceFacts, _ proxy: ProxyFacts, _ system: SystemReader) {
    self.instance = instance
    let ports = proxy.options?.configuration.links.compactMap { UInt16($0.localPort) } ?? []
    // The statistics server has a socket as well, whose buffer may be small.
    let filter = ports.map { "sport = :\($0)" }.joined(separator: " or ")
    guard let process = proxy.process, !ports.isEmpty,
      let table = system.output("ss -H -u -a -n -p -m '( \(filter) )'")
    else { return }
    granted = Self.buffer(of: process, in: table)
  }

  /// Finds the smallest buffer of a process's sockets in the output of ss(8).
  ///
  /// The line of a socket, `users:(("jool",pid=7,fd=9)) skmem:(r0,rb67108864,…)`, may be broken before `skmem`.
  static func buffer(of process: Int32, in table: String) -> Int? {
    var smallest: Int?
    var isOurs = false
    for line in table.split(separator: "\n") {
      let fields = line.split(separator: ",")
      if !line.hasPrefix("\t"), !line.hasPrefix(" ") { isOurs = fields.contains("pid=\(process)") }
      guard isOurs, let field = fields.first(where: { $0.hasPrefix("rb") }) else { continue }
      // The kernel doubles the size that a program asks for, and reports the doubled one.
      guard let size = Int(field.dropFirst(2).prefix { $0.isNumber }) else { continue }
      smallest = min(smallest ?? .max, size / 2)
    }
    return smallest
  }

  var findings: [HealthFinding] {
    guard let granted, granted < Self.wanted else { return [] }
    return [
      instance.finding(
        "receive-buffer",
        "The receive buffer of the session proxy has \(granted) bytes instead of \(Self.wanted).",
        "Bursts of sessions overrun it, and the proxy must ask for them again.",
        commands: ["sysctl -w net.core.rmem_max=\(Self.wanted)"],
        advice: "Then start the proxy again. In a container, run the command on the host.")
    ]
  }
}

extension ProxyConfiguration.Link {
  /// The UDP port on which the link receives: a number or the name of a service.
  var localPort: String {
    switch self {
    case .group(let network): network.port
    case .peers(let peers): peers.port
    }
  }
}
