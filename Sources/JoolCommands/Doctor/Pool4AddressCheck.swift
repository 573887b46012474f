import JoolCore
import JoolDaemon

/// Whether the packets to pool4 can reach this machine.
///
/// An address that is routed to this machine need not be on an interface, and no machine knows what its neighbours
/// route. But an address in the network of a link must be answered for on that link.
struct Pool4AddressCheck: HealthCheck {
  var instance: InstanceFacts
  /// The addresses that belong to the network of a link, but not to this machine, with the names of the interfaces.
  var unanswered: [(address: IPv4Address, interface: String)] = []
  /// The addresses that only links have which are down, with the names of their interfaces.
  ///
  /// The machine still has such an address, but packets to it arrive over no other link as a rule.
  var down: [(address: IPv4Address, interface: String)] = []
  /// Whether the machine has an IPv4 address beyond its own loopback.
  var hasAddress: Bool

  /// The number of addresses that are looked up at most.
  static let limit = 256

  /// - `mayBeElsewhere`: whether another node of the group may have the addresses at present.
  init(_ instance: InstanceFacts, mayBeElsewhere: Bool, _ system: SystemReader) {
    self.instance = instance
    let interfaces = system.interfaces()
    hasAddress = interfaces.contains { interface in
      !interface.isLoopback && interface.addresses.contains { if case .v4 = $0 { true } else { false } }
    }
    guard !mayBeElsewhere else { return }
    for address in instance.pool4Addresses.prefix(Self.limit) {
      let owners = interfaces.filter { $0.addresses.contains(.v4(address)) }
      if let owner = owners.first, !owners.contains(where: { $0.isUp || !$0.isLink }) {
        down.append((address, owner.name))
      } else if case .link(let index)? = system.route(address),
        let interface = interfaces.first(where: { $0.index == index }), interface.isLink
      {
        unanswered.append((address, interface.name))
      }
    }
  }

  var findings: [HealthFinding] {
    guard instance.translator == .nat64 else { return [] }
    if instance.pool4.isEmpty { return hasAddress ? [] : [withoutAddress] }
    var findings: [HealthFinding] = []
    if !unanswered.isEmpty {
      findings.append(
        instance.finding(
          "pool4-address",
          "Addresses of pool4 belong to the network of a link, but to no interface: \(Self.list(unanswered)).",
          "Nobody answers ARP requests for them, so no packet from IPv4 arrives.",
          commands: unanswered.map { "ip address add \($0.address)/32 dev \($0.interface)" }))
    }
    if !down.isEmpty {
      findings.append(
        instance.finding(
          "pool4-interface", "The interfaces with addresses of pool4 are down: \(Self.list(down)).",
          "No packet from IPv4 arrives.", commands: Set(down.map(\.interface)).sorted().map { "ip link set \($0) up" }))
    }
    return findings
  }

  private static func list(_ addresses: [(address: IPv4Address, interface: String)]) -> String {
    addresses.prefix(8).map { "\($0.address) (\($0.interface))" }.joined(separator: ", ")
      + (addresses.count > 8 ? " and \(addresses.count - 8) more" : "")
  }

  private var withoutAddress: HealthFinding {
    instance.finding(
      "pool4-empty", "pool4 is empty, and no interface has an IPv4 address.",
      "With an empty pool4 the module uses the machine's own addresses, so no client gets an IPv4 address.",
      advice: "Add an address to an interface (ip address add ADDRESS/LENGTH dev INTERFACE), or addresses that are "
        + "routed to this machine to pool4 (\(instance.program) pool4 add PREFIX 61001-65535).")
  }
}

extension InterfaceSnapshot.Interface {
  /// Whether the interface leads to other machines, as dummies do not.
  fileprivate var isLink: Bool { resolvesNeighbours && !isLoopback }
}

extension InstanceFacts {
  /// The different addresses of pool4, in their order.
  var pool4Addresses: [IPv4Address] { Set(pool4.map(\.prefix.address)).sorted() }
}
