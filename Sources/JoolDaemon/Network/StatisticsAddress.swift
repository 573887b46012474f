internal import JoolCore
internal import JoolSession

/// An address and a port on which the statistics server could listen.
struct StatisticsAddress {
  /// The address and the port as the user wrote them.
  let text: String
  let port: String
  /// The address and port that a look-up found.
  let address: SocketAddress
  let zone: InterfaceSelector?

  /// Checks that clients could get answers from this address.
  ///
  /// Without a zone, it does not check that the address belongs to this machine, because bind(2) does.
  ///
  /// Throws `NetworkFault` if the address or the port cannot work.
  /// - `links`: the links of the proxy, whose ports are in use.
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

  /// The setting of the link if its socket has the same port and an overlapping address.
  ///
  /// `nil` if it has not.
  private func portTaken(by link: ProxyConfiguration.Link, _ host: AnyIPAddress) -> NetworkFault.Setting? {
    let includesIPv4 = host.isIPv6 && host.isUnspecified
    let service: String
    switch link {
    case .group(let network):
      let isIPv6 = ZonedHost(network.group).host.contains(":")
      guard includesIPv4 || (host.isUnspecified && !isIPv6) else { return nil }
      service = network.port
    case .peers(let peers):
      // The link's socket is bound to all addresses. If they are those of IPv6, they include those of IPv4.
      let isIPv6 = peers.peers.first.map { ZonedHost($0.host).host.contains(":") } ?? true
      guard isIPv6 || includesIPv4 || !host.isIPv6 else { return nil }
      service = peers.port
    }
    let found = try? SocketAddress.lookUp(host: "::", service: service, forBinding: true)
    return found?.first?.port == address.port ? .groupPort : nil
  }
}
