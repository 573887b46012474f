internal import JoolCore
internal import JoolSession

/// Where the statistics server is to listen.
struct StatisticsAddress {
  /// As the user wrote them.
  let text: String
  let port: String
  /// What a look-up found.
  let address: SocketAddress
  let zone: InterfaceSelector?

  /// Whether anybody could be answered there. Whether the address is this machine's is for bind(2) to say.
  /// - Parameter links: of the proxy, whose ports are taken.
  func verify(beside links: [ProxyConfiguration.Link], in view: InterfaceView) throws(NetworkFault) {
    func fault(_ reason: NetworkFault.Reason) -> NetworkFault { NetworkFault(.statisticsAddress, text, reason) }
    if address.port == 0 { throw NetworkFault(.statisticsPort, port, .noPort) }
    guard let host = address.host else { throw fault(.notOwn(interface: nil)) }
    if host.unmapped.isMulticast { throw fault(.multicast) }
    if view.snapshot.isBroadcast(host) { throw fault(.broadcast) }
    if host.needsInterface, zone == nil, address.scope == 0 { throw fault(.linkLocalWithoutInterface) }
    if let zone {
      guard let interface = zone.matches(in: view).first else { throw fault(.noInterface(zone.names.first ?? "")) }
      if !host.isUnspecified, !host.isLoopback, !interface.addresses.contains(host) {
        throw fault(.notOwn(interface: interface.name))
      }
    }
    if let other = links.lazy.compactMap({ portTaken(by: $0, host) }).first {
      throw NetworkFault(.statisticsPort, port, .portTaken(by: other))
    }
  }

  /// A socket of the proxy that listens at the same port, on an address that this one includes or is included in.
  private func portTaken(by link: ProxyConfiguration.Link, _ host: SocketAddress.Host) -> NetworkFault.Setting? {
    let includesIPv4 = host.isIPv6 && host.isUnspecified
    let service: String
    switch link {
    case .group(let network):
      let isIPv6 = ZonedHost(network.group).host.contains(":")
      guard includesIPv4 || (host.isUnspecified && !isIPv6) else { return nil }
      service = network.port
    case .peers(let peers):
      // Its socket is bound to all addresses; if they are IPv6 ones, to those of IPv4, too.
      let isIPv6 = peers.peers.first.map { ZonedHost($0.host).host.contains(":") } ?? true
      guard isIPv6 || includesIPv4 || !host.isIPv6 else { return nil }
      service = peers.port
    }
    let found = try? SocketAddress.lookUp(host: "::", service: service, forBinding: true)
    return found?.first?.port == address.port ? .groupPort : nil
  }
}
