internal import Glibc
internal import JoolCore
internal import SystemPackage

/// The multicast socket options of one IP version, with their names in ip(7) or ipv6(7).
struct MulticastOptions {
  let isIPv4: Bool
  let level: Int32
  let loop: (Int32, String)
  let timeToLive: (Int32, String)
  /// The option that decides whether the socket also receives the groups that other sockets have joined.
  let all: (Int32, String)

  static let v4 = MulticastOptions(
    isIPv4: true, level: Int32(IPPROTO_IP), loop: (IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP"),
    timeToLive: (IP_MULTICAST_TTL, "IP_MULTICAST_TTL"), all: (IP_MULTICAST_ALL, "IP_MULTICAST_ALL"))
  static let v6 = MulticastOptions(
    isIPv4: false, level: Int32(IPPROTO_IPV6), loop: (IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP"),
    timeToLive: (IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"), all: (IPV6_MULTICAST_ALL, "IPV6_MULTICAST_ALL"))

  /// Restricts a socket to its own groups.
  ///
  /// Otherwise a socket in no group would receive all groups that other sockets of this machine have joined.
  static func hearOwnGroupsAlone(_ socket: Int32, isIPv6: Bool) {
    // Kernels before 4.20 lack the option of IPv6. There the proxy drops datagrams from addresses that are not peers.
    for options in isIPv6 ? [v6, v4] : [v4] { try? options.set(socket, options.all, Int32(0)) }
  }

  func set(
    _ socket: Int32, _ option: (Int32, String), _ value: some BitwiseCopyable, interface: String? = nil
  ) throws(ProxyError) {
    do throws(Errno) { try SocketOptions.set(socket, level, option.0, value) } catch {
      throw .optionRefused(option.1, interface: interface, error)
    }
  }

  /// Joins a group.
  /// - `place`: the interface. With `nil` the kernel chooses one, or reports that there is none.
  func join(
    _ socket: Int32, _ group: AnyIPAddress, _ place: GroupPlan.Place?, named name: String?
  ) throws(ProxyError) {
    switch group {
    case .v4(let address):
      var request = place?.requestV4 ?? ip_mreqn()
      request.imr_multiaddr.s_addr = address.bits.bigEndian
      try set(socket, (IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP"), request, interface: name)
    case .v6(let address):
      var request = ipv6_mreq()
      withUnsafeMutableBytes(of: &request.ipv6mr_multiaddr) {
        $0.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
      }
      request.ipv6mr_interface = place?.interface.index ?? 0
      let bytes = withUnsafeBytes(of: request) { Array($0) }
      do throws(Errno) { try SocketOptions.set(socket, level, IPV6_ADD_MEMBERSHIP, bytes: bytes) } catch {
        throw .optionRefused("IPV6_ADD_MEMBERSHIP", interface: name, error)
      }
    }
  }

  func sendThrough(_ socket: Int32, _ place: GroupPlan.Place, named name: String?) throws(ProxyError) {
    if isIPv4 {
      try set(socket, (IP_MULTICAST_IF, "IP_MULTICAST_IF"), place.requestV4, interface: name)
    } else {
      let index = Int32(bitPattern: place.interface.index)
      try set(socket, (IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF"), index, interface: name)
    }
  }
}

extension GroupPlan.Place {
  fileprivate var requestV4: ip_mreqn {
    var request = ip_mreqn()
    request.imr_address.s_addr = (source?.bits ?? 0).bigEndian
    request.imr_ifindex = Int32(bitPattern: interface.index)
    return request
  }
}
