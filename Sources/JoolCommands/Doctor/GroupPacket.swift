import JoolCore
import JoolDaemon

/// A datagram between this node and others, as this node's firewall sees it.
struct GroupPacket: Hashable, Sendable {
  enum Direction: CaseIterable, Hashable, Sendable {
    /// From another node, and to others.
    case incoming, outgoing
  }

  var direction = Direction.incoming
  var isIPv6: Bool
  /// The port of the receiver.
  var port: UInt16
  /// The multicast group; `nil` for a datagram to one node.
  var group: AnyIPAddress?
  /// The node to which the datagram goes; `nil` if it is this one, or a group.
  var peer: AnyIPAddress?
  /// The name of the interface; `nil` if it is not known.
  var interface: String?

  /// The datagrams of a link, without those to names that would have to be looked up.
  static func packets(of link: ProxyConfiguration.Link) -> [GroupPacket] {
    switch link {
    case .group(let network):
      guard let port = UInt16(link.localPort), let group = address(network.group) else { return [] }
      let (first, second) = (network.incomingInterface, network.outgoingInterface)
      return [(Direction.incoming, first ?? second), (.outgoing, second ?? first)].map { direction, interface in
        // An interface may also be given by one of its addresses.
        let name = interface.flatMap { $0.contains { ".:".contains($0) } ? nil : $0 }
        return GroupPacket(
          direction: direction, isIPv6: isIPv6(group), port: port, group: group, interface: name)
      }
    case .peers(let peers):
      let outgoing = peers.peers.compactMap { peer in
        address(peer.host).flatMap { address in
          UInt16(peer.port).map {
            GroupPacket(direction: .outgoing, isIPv6: isIPv6(address), port: $0, peer: address)
          }
        }
      }
      let versions = Set(outgoing.map(\.isIPv6)).sorted { !$0 && $1 }
      let incoming = UInt16(link.localPort).map { port in versions.map { GroupPacket(isIPv6: $0, port: port) } }
      return (incoming ?? []) + outgoing
    }
  }

  private static func address(_ host: String) -> AnyIPAddress? { AnyIPAddress(String(host.prefix { $0 != "%" })) }

  private static func isIPv6(_ address: AnyIPAddress) -> Bool { if case .v6 = address { true } else { false } }

  /// Whether the packet enters (`incoming`) or leaves this node on an interface, whose name may end in a wildcard.
  func uses(_ name: String, _ direction: Direction, wildcard: Character) -> Firewall.Match {
    if name == "lo" { return .no }
    guard direction == self.direction, let interface else { return .unknown }
    if name.last == wildcard { return .init(interface.hasPrefix(name.dropLast())) }
    return .init(interface == name)
  }

  /// Whether a prefix contains the packet's destination.
  func goes(to prefix: String) -> Firewall.Match {
    guard let destination = group ?? peer else { return .unknown }
    switch destination {
    case .v4(let address): return IPv4Prefix(prefix).map { .init($0.contains(address)) } ?? .unknown
    case .v6(let address): return IPv6Prefix(prefix).map { .init($0.contains(address)) } ?? .unknown
    }
  }

  /// Whether the kernel gives the packet this type, such as `multicast`.
  func has(type: String) -> Firewall.Match {
    direction == .incoming ? .init((type == "multicast") == (group != nil)) : .unknown
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
