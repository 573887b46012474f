import JoolCore
import JoolDaemon

/// A datagram of another node, as this node's firewall sees it.
struct GroupPacket: Hashable, Sendable {
  var isIPv6: Bool
  var port: UInt16
  /// The multicast group; `nil` for a datagram to an address of this node.
  var group: AnyIPAddress?
  /// The name of the interface; `nil` if it is not known.
  var interface: String?

  init(isIPv6: Bool, port: UInt16, group: AnyIPAddress? = nil, interface: String? = nil) {
    (self.isIPv6, self.port, self.group, self.interface) = (isIPv6, port, group, interface)
  }

  /// `nil` if the link is given by names that would have to be looked up.
  init?(_ link: ProxyConfiguration.Link) {
    guard let port = UInt16(link.localPort) else { return nil }
    self.port = port
    switch link {
    case .group(let network):
      guard let group = AnyIPAddress(String(network.group.prefix { $0 != "%" })) else { return nil }
      self.group = group
      if case .v6 = group { isIPv6 = true } else { isIPv6 = false }
      // An interface may also be given by one of its addresses.
      let name = network.incomingInterface ?? network.outgoingInterface
      interface = name.flatMap { $0.contains { ".:".contains($0) } ? nil : $0 }
    case .peers(let peers):
      guard let peer = peers.peers.first, let address = AnyIPAddress(String(peer.host.prefix { $0 != "%" })) else {
        return nil
      }
      if case .v6 = address { isIPv6 = true } else { isIPv6 = false }
    }
  }

  /// Whether an interface name, which may end in a wildcard, is that of the packet.
  func arrives(on name: String, wildcard: Character) -> Firewall.Match {
    if name == "lo" { return .no }
    guard let interface else { return .unknown }
    if name.last == wildcard { return .init(interface.hasPrefix(name.dropLast())) }
    return .init(interface == name)
  }

  /// Whether a prefix contains the packet's destination.
  func goes(to prefix: String) -> Firewall.Match {
    guard let group else { return .unknown }
    switch group {
    case .v4(let address): return IPv4Prefix(prefix).map { .init($0.contains(address)) } ?? .unknown
    case .v6(let address): return IPv6Prefix(prefix).map { .init($0.contains(address)) } ?? .unknown
    }
  }

  /// Whether connection tracking gives the packet one of these states.
  ///
  /// Datagrams to a group are never answered, so they are always new. Those of a peer may belong to a connection that
  /// this node's own datagrams began.
  func has(oneOf states: [some StringProtocol]) -> Firewall.Match {
    let names = states.map { $0.lowercased() }
    if Set(names).isSubset(of: ["invalid", "untracked"]) { return .unknown }
    guard group != nil else { return .unknown }
    return .init(names.contains("new"))
  }
}
