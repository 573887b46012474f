import JoolCore
import JoolDaemon

/// Whether the packets to pool4 can reach this machine.
///
/// An address that is routed to this machine need not be on an interface, and no machine knows what its neighbours
/// route. But an address in the network of a link must be answered for on that link.
struct Pool4AddressCheck: HealthCheck {
  var instance: InstanceFacts
  /// The addresses that belong to the network of a link, but not to this machine, with the names of the interfaces.
  var unanswered: [(address: IPv4Address, interface: String)]
  /// Whether the machine has an IPv4 address beyond its own loopback.
  var hasAddress: Bool

  /// The number of addresses that are looked up at most.
  static let limit = 256

  init(_ instance: InstanceFacts, unanswered: [(address: IPv4Address, interface: String)], hasAddress: Bool) {
    (self.instance, self.unanswered, self.hasAddress) = (instance, unanswered, hasAddress)
  }

  /// - `mayBeElsewhere`: whether another node of the group may have the addresses at present.
  init(_ instance: InstanceFacts, mayBeElsewhere: Bool, _ system: SystemReader) {
    let interfaces = system.interfaces()
    let addresses = mayBeElsewhere ? [] : instance.pool4Addresses.prefix(Self.limit)
    let unanswered = addresses.compactMap { address -> (address: IPv4Address, interface: String)? in
      guard case .link(let index)? = system.route(address),
        let interface = interfaces.first(where: { $0.index == index }), interface.resolvesNeighbours,
        !interface.isLoopback
      else { return nil }
      return (address, interface.name)
    }
    self.init(
      instance, unanswered: unanswered,
      hasAddress: interfaces.contains { interface in
        !interface.isLoopback && interface.addresses.contains { if case .v4 = $0 { true } else { false } }
      })
  }

  var findings: [HealthFinding] {
    guard instance.translator == .nat64 else { return [] }
    if instance.pool4.isEmpty { return hasAddress ? [] : [withoutAddress] }
    guard !unanswered.isEmpty else { return [] }
    let list = unanswered.prefix(8).map { "\($0.address) (\($0.interface))" }.joined(separator: ", ")
    let more = unanswered.count > 8 ? " and \(unanswered.count - 8) more" : ""
    return [
      instance.finding(
        "pool4-address", "Addresses of pool4 belong to the network of a link, but to no interface: \(list)\(more).",
        "Nobody answers ARP requests for them, so no packet from IPv4 arrives.",
        commands: unanswered.map { "ip address add \($0.address)/32 dev \($0.interface)" })
    ]
  }

  private var withoutAddress: HealthFinding {
    instance.finding(
      "pool4-empty", "pool4 is empty, and no interface has an IPv4 address.",
      "With an empty pool4 the module uses the machine's own addresses, so no client gets an IPv4 address.",
      advice: "Add an address to an interface (ip address add ADDRESS/LENGTH dev INTERFACE), or addresses that are "
        + "routed to this machine to pool4 (\(instance.program) pool4 add PREFIX 61001-65535).")
  }
}

extension InstanceFacts {
  /// The different addresses of pool4, in their order.
  var pool4Addresses: [IPv4Address] { Set(pool4.map(\.prefix.address)).sorted() }
}
