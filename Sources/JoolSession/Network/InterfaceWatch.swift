internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The interfaces that a multicast socket hangs on: memberships and `IP_MULTICAST_IF` stay with one that was removed, whoever
/// gets its name or its address.
struct InterfaceWatch {
  private enum Way {
    case name(String)
    case address(IPv4Address)
    /// Nobody named one; the kernel joins where its route to the group leads.
    case route(to: SocketAddress)

    /// 0 if there is none now.
    var index: UInt32 {
      switch self {
      case .name(let name): if_nametoindex(name)
      case .address(let address): InterfaceWatch.index(having: .v4(address))
      case .route(let group): InterfaceWatch.index(routing: group)
      }
    }
  }

  private let found: [(way: Way, index: UInt32)]

  init(_ network: ProxyConfiguration.Network, group: SocketAddress) {
    func way(_ text: String) -> Way {
      group.isIPv6 ? .name(text) : IPv4Address(text).map { .address($0) } ?? .name(text)
    }
    var ways = [network.incomingInterface.map(way) ?? .route(to: group)]
    if let outgoing = network.outgoingInterface { ways.append(way(outgoing)) }
    found = ways.map { ($0, $0.index) }
  }

  /// Whether another interface is there instead of one of them. One that is only gone is waited for.
  var isStale: Bool {
    found.contains { way, known in
      let index = way.index
      return index != 0 && index != known
    }
  }

  private static func index(having host: SocketAddress.Host) -> UInt32 {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return 0 }
    defer { freeifaddrs(list) }
    var next = list
    while let entry = next?.pointee {
      if let address = entry.ifa_addr, let size = size(of: address.pointee.sa_family),
        SocketAddress(address, length: size).groupAddress == host
      {
        return if_nametoindex(entry.ifa_name)
      }
      next = entry.ifa_next
    }
    return 0
  }

  private static func size(of family: sa_family_t) -> socklen_t? {
    switch Int32(family) {
    case AF_INET: socklen_t(MemoryLayout<sockaddr_in>.size)
    case AF_INET6: socklen_t(MemoryLayout<sockaddr_in6>.size)
    default: nil
    }
  }

  /// Connecting a UDP socket sends nothing, but chooses a source address.
  private static func index(routing group: SocketAddress) -> UInt32 {
    guard let socket = try? group.makeDatagramSocket(), (try? group.connect(socket.rawValue)) != nil,
      let source = try? SocketAddress(of: socket.rawValue), let host = source.groupAddress
    else { return 0 }
    return index(having: host)
  }
}
