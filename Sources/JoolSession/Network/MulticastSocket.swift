internal import CLinux
internal import Glibc
internal import JoolCore
internal import Logging
internal import SystemPackage

/// The socket that exchanges sessions with the group: bound to it, so that nothing else arrives.
final class MulticastSocket: SyncLink {
  private let owned: OwnedDescriptor
  private let group: SocketAddress
  private let interfaces: InterfaceWatch
  let mtu: Int?

  /// Opens, binds, joins. Logs the steps that the C proxy logs.
  init(_ network: ProxyConfiguration.Network, log: Logger) throws(ProxyError) {
    log.info("Getting address info of \(network.group)#\(network.port)...")
    let candidates: [SocketAddress]
    do throws(SocketAddress.LookupFailure) {
      candidates = try SocketAddress.lookUp(host: network.group, service: network.port, forBinding: false)
    } catch {
      throw .lookupFailed(address: network.group, port: network.port, code: error.code)
    }
    guard var group = candidates.first else {
      throw .bindFailed(address: network.group, port: network.port, .addressNotAvailable)
    }
    let owned = try Self.bindFirst(of: candidates, network, &group, log: log)
    log.info("The socket to the network was created.")
    log.info("Configuring multicast options on the socket...")
    try Self.configure(owned.rawValue, &group, network, log: log)
    interfaces = InterfaceWatch(network, group: group)
    Self.enlargeReceiveBuffer(of: owned.rawValue, log: log)
    let interface = network.outgoingInterface ?? network.incomingInterface
    mtu = interface.map { Int(clinux_interface_mtu(owned.rawValue, $0)) }.flatMap { $0 > 0 ? $0 : nil }
    self.owned = owned
    self.group = group
  }

  private static func bindFirst(
    of candidates: [SocketAddress], _ network: ProxyConfiguration.Network, _ group: inout SocketAddress, log: Logger
  ) throws(ProxyError) -> OwnedDescriptor {
    var failure = Errno.addressNotAvailable
    for candidate in candidates {
      log.info("Trying an address candidate...")
      do throws(Errno) {
        let socket = try candidate.makeDatagramSocket()
        log.info("Setting SO_REUSEADDR as 1...")
        try SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, Int32(1))
        try candidate.bind(socket.rawValue)
        group = candidate
        return socket
      } catch {
        log.error("bind() failed: \(error)")
        failure = error
      }
    }
    log.error("None of the candidates yielded a valid socket.")
    throw .bindFailed(address: network.group, port: network.port, failure)
  }

  private static func configure(
    _ socket: Int32, _ group: inout SocketAddress, _ network: ProxyConfiguration.Network, log: Logger
  ) throws(ProxyError) {
    let options: MulticastOptions = group.isIPv6 ? .v6 : .v4
    let incoming = try Interface(network.incomingInterface, role: "incoming", options)
    let outgoing: Interface
    // Of several links each has a socket, which should not hear what belongs to another one's.
    if incoming.index != 0 { try options.set(socket, options.all, Int32(0)) }
    try options.join(socket, group, incoming)
    log.info("We're now registered to the multicast group.")
    try options.set(socket, options.loop, Int32(0))
    log.info("Multicast loopback disabled.")
    try options.set(socket, options.timeToLive, Int32(truncatingIfNeeded: network.ttl))
    log.info("Tweaked the TTL of multicasts.")
    outgoing = try Interface(network.outgoingInterface, role: "outgoing", options)
    if network.outgoingInterface != nil {
      try options.sendThrough(socket, outgoing)
      log.info("The outgoing interface was overridden.")
    }
    if group.isLinkLocalMulticast { group.setScope(outgoing.index != 0 ? outgoing.index : incoming.index) }
  }

  var descriptor: Int32 { owned.rawValue }

  var isStale: Bool { interfaces.isStale }

  /// Sends records to the group.
  func send(_ payload: RawSpan) throws(Errno) {
    let sent = payload.withUnsafeBytes { bytes in
      group.withSocketAddress { sendto(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
    }
    guard sent >= 0 else { throw .current }
  }
}

/// An interface as the user named it.
private struct Interface {
  /// 0: the kernel's choice.
  var index: UInt32 = 0
  /// IPv4 only: the address that names it.
  var address: IPv4Address?
  /// As the user gave it.
  var text: String?

  /// IPv6 wants a name; IPv4 an address, and takes a name too.
  init(_ text: String?, role: String, _ options: MulticastOptions) throws(ProxyError) {
    guard let text else { return }
    self.text = text
    if options.isIPv4 { address = IPv4Address(text) }
    if address == nil { index = if_nametoindex(text) }
    guard address == nil, index == 0 else { return }
    guard !options.isIPv4 else { throw .badInterfaceAddress(text) }
    throw .badInterface(role: role, name: text, .current)
  }

  var requestV4: ip_mreqn {
    var request = ip_mreqn()
    request.imr_address.s_addr = (address?.bits ?? 0).bigEndian
    request.imr_ifindex = Int32(index)
    return request
  }
}

/// The same options by their names in ip(7) and in ipv6(7).
private struct MulticastOptions {
  let isIPv4: Bool
  let level: Int32
  let loop: (Int32, String)
  let timeToLive: (Int32, String)
  /// Whether other sockets' memberships count.
  let all: (Int32, String)

  static let v4 = MulticastOptions(
    isIPv4: true, level: Int32(IPPROTO_IP), loop: (IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP"),
    timeToLive: (IP_MULTICAST_TTL, "IP_MULTICAST_TTL"), all: (IP_MULTICAST_ALL, "IP_MULTICAST_ALL"))
  static let v6 = MulticastOptions(
    isIPv4: false, level: Int32(IPPROTO_IPV6), loop: (IPV6_MULTICAST_LOOP, "IPV6_MULTICAST_LOOP"),
    timeToLive: (IPV6_MULTICAST_HOPS, "IPV6_MULTICAST_HOPS"), all: (29, "IPV6_MULTICAST_ALL"))

  func set(
    _ socket: Int32, _ option: (Int32, String), _ value: some BitwiseCopyable, interface: String? = nil
  ) throws(ProxyError) {
    do throws(Errno) { try SocketOptions.set(socket, level, option.0, value) } catch {
      throw .optionRefused(option.1, interface: interface, error)
    }
  }

  func join(_ socket: Int32, _ group: SocketAddress, _ interface: Interface) throws(ProxyError) {
    switch group.groupAddress {
    case .v4(let address):
      var request = interface.requestV4
      request.imr_multiaddr.s_addr = address.bits.bigEndian
      try set(socket, (IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP"), request, interface: interface.text)
    case .v6(let address):
      var request = ipv6_mreq()
      withUnsafeMutableBytes(of: &request.ipv6mr_multiaddr) {
        $0.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
      }
      request.ipv6mr_interface = interface.index
      let bytes = withUnsafeBytes(of: request) { Array($0) }
      do throws(Errno) { try SocketOptions.set(socket, level, IPV6_ADD_MEMBERSHIP, bytes: bytes) } catch {
        throw .optionRefused("IPV6_ADD_MEMBERSHIP", interface: interface.text, error)
      }
    case nil: throw .optionRefused("ADD_MEMBERSHIP", .addressFamilyNotSupported)
    }
  }

  func sendThrough(_ socket: Int32, _ interface: Interface) throws(ProxyError) {
    if isIPv4 {
      try set(socket, (IP_MULTICAST_IF, "IP_MULTICAST_IF"), interface.requestV4, interface: interface.text)
    } else {
      try set(socket, (IPV6_MULTICAST_IF, "IPV6_MULTICAST_IF"), Int32(interface.index), interface: interface.text)
    }
  }
}
