internal import CLinux
internal import Glibc
package import JoolCore

/// The network interfaces of this namespace at one moment, with their addresses.
package struct InterfaceSnapshot: Sendable {
  /// A network interface with its addresses.
  package struct Interface: Hashable, Sendable {
    package var name: String
    package var index: UInt32
    /// Whether an administrator has set the interface up.
    package var isUp = true
    /// Whether the interface is up and has a carrier.
    ///
    /// Such an interface has had time to get its addresses.
    package var isRunning = true
    var takesMulticast = true
    package var isLoopback = false
    /// Whether it finds the link-layer address of a neighbour with ARP or neighbour discovery.
    package var resolvesNeighbours = true
    package var addresses: [AnyIPAddress] = []
    /// The broadcast addresses of its IPv4 networks, to which the kernel refuses to send.
    var broadcasts: [IPv4Address] = []

    func hasAddress(isIPv6: Bool) -> Bool { addresses.contains { $0.isIPv6 == isIPv6 } }
  }

  package var interfaces: [Interface]
  /// The indices of interfaces by their other names: alternative names, and labels of IPv4 addresses (`eth2:1`).
  var otherNames: [String: UInt32] = [:]

  subscript(index: UInt32) -> Interface? { interfaces.first { $0.index == index } }

  subscript(name: String) -> Interface? {
    interfaces.first { $0.name == name } ?? otherNames[name].flatMap { self[$0] }
  }

  /// Whether the address is a broadcast address of these interfaces, or `255.255.255.255`.
  func isBroadcast(_ host: AnyIPAddress) -> Bool {
    guard case .v4(let address) = host else { return false }
    return address.bits == .max || interfaces.contains { $0.broadcasts.contains(address) }
  }

  func having(_ host: AnyIPAddress) -> [Interface] { interfaces.filter { $0.addresses.contains(host) } }
}

extension InterfaceSnapshot {
  /// Reads the interfaces from the kernel.
  ///
  /// They are none if that fails.
  /// - `names`: the names that the user gave, some of which may be alternative names of interfaces.
  package static func now(names: [String] = []) -> InterfaceSnapshot {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return InterfaceSnapshot(interfaces: []) }
    defer { freeifaddrs(list) }
    var snapshot = InterfaceSnapshot(interfaces: [])
    var next = list
    while let entry = next?.pointee {
      snapshot.add(entry)
      next = entry.ifa_next
    }
    for name in names where snapshot[name] == nil && !name.utf8.contains(0) && !name.contains(":") {
      let index = if_nametoindex(name)
      if index != 0 { snapshot.otherNames[name] = index }
    }
    return snapshot
  }

  /// Adds an entry of getifaddrs(3).
  ///
  /// glibc lists every interface with its link address before it lists the other addresses.
  private mutating func add(_ entry: ifaddrs) {
    guard let address = entry.ifa_addr else { return }
    let name = String(cString: entry.ifa_name)
    if Int32(address.pointee.sa_family) == AF_PACKET {
      let index = UnsafeRawPointer(address).loadUnaligned(as: sockaddr_ll.self).sll_ifindex
      func has(_ flag: Int) -> Bool { Int(entry.ifa_flags) & flag != 0 }
      interfaces.append(
        Interface(
          name: name, index: UInt32(bitPattern: index),
          isUp: has(IFF_UP), isRunning: has(IFF_UP) && has(IFF_RUNNING),
          takesMulticast: has(IFF_MULTICAST), isLoopback: has(IFF_LOOPBACK), resolvesNeighbours: !has(IFF_NOARP)))
    } else if let host = SocketAddress.host(at: address),
      let place = interfaces.firstIndex(where: { $0.name == name.prefix { $0 != ":" } })
    {
      interfaces[place].addresses.append(host)
      if name != interfaces[place].name { otherNames[name] = interfaces[place].index }
      // An address may have a broadcast address of its own. The highest address of its network is one anyway, unless
      // the network has only one or two addresses (RFC 3021).
      // Without one, glibc stores the interface's address in its place.
      if Int(entry.ifa_flags) & IFF_BROADCAST != 0, let broadcast = entry.ifa_ifu.ifu_broadaddr,
        case .v4(let given)? = SocketAddress.host(at: broadcast), host != .v4(given)
      {
        interfaces[place].broadcasts.append(given)
      }
      guard case .v4(let own) = host, let netmask = entry.ifa_netmask,
        case .v4(let mask)? = SocketAddress.host(at: netmask), mask.bits < 0xFFFF_FFFE
      else { return }
      interfaces[place].broadcasts.append(IPv4Address(bits: own.bits | ~mask.bits))
    }
  }

  /// The index of the interface that the kernel's routes choose for an address; 0 if there is no route.
  static func route(to host: AnyIPAddress) -> UInt32 {
    switch host {
    case .v4(let address):
      withUnsafeBytes(of: address.bits.bigEndian) { clinux_route_interface(AF_INET, $0.baseAddress) }
    case .v6(let address):
      withUnsafeBytes(of: address.bits.bigEndian) { clinux_route_interface(AF_INET6, $0.baseAddress) }
    }
  }
}

extension SocketAddress {
  /// `nil` for an address that is neither IPv4 nor IPv6.
  fileprivate static func host(at address: UnsafePointer<sockaddr>) -> AnyIPAddress? {
    let length: Int
    switch Int32(address.pointee.sa_family) {
    case AF_INET: length = MemoryLayout<sockaddr_in>.size
    case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
    default: return nil
    }
    return SocketAddress(address, length: socklen_t(length)).host
  }
}
