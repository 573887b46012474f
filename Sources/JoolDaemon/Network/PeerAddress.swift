internal import JoolCore
internal import JoolSession

/// A peer's address, and the interface that leads to it if the user named one.
struct PeerAddress: Hashable, Sendable {
  /// As the user wrote it.
  let text: String
  /// What a look-up found.
  let address: SocketAddress
  let zone: InterfaceSelector?

  /// How a datagram gets there now.
  struct Way: Hashable, Sendable {
    /// With its interface as scope if it is a link-local one.
    var address: SocketAddress
    /// Of another address with a zone; 0 leaves it to the routes.
    var interface: UInt32 = 0
  }

  init(text: String, address: SocketAddress, zone: String?) {
    self.text = text
    self.address = address
    self.zone = InterfaceSelector(zone: zone, of: address)
  }

  /// `nil` while its interface is away.
  func way(in view: InterfaceView, _ watch: inout InterfaceWatch) -> Way? {
    var way = Way(address: address)
    guard let zone else { return way }
    guard let interface = watch.find(zone, in: view) else { return nil }
    if address.host?.needsInterface == true {
      way.address.scope = interface.index
    } else {
      way.interface = interface.index
    }
    return way
  }

  /// At the start, and for `--check`: whether this can be a peer.
  /// - Parameter ownPort: where the proxy listens.
  func verify(ownPort: UInt16, in view: InterfaceView) throws(NetworkFault) {
    func fault(_ reason: NetworkFault.Reason) -> NetworkFault { NetworkFault(.peer, text, reason) }
    guard let host = address.host?.unmapped else { throw fault(.unspecified) }
    if address.port == 0 { throw fault(.noPort) }
    if host.isUnspecified { throw fault(.unspecified) }
    if host.isMulticast { throw fault(.multicast) }
    if view.snapshot.isBroadcast(host) { throw fault(.broadcast) }
    if host.needsInterface, zone == nil { throw fault(.linkLocalWithoutInterface) }
    var places = view.snapshot.interfaces
    if let zone {
      let named = zone.matches(in: view)
      guard let interface = named.first else { throw fault(.noInterface(zone.names.first ?? "")) }
      if interface.isRunning, !interface.hasAddress(isIPv6: host.isIPv6) {
        throw fault(.noAddress(interface: interface.name, isIPv6: host.isIPv6))
      }
      if host.needsInterface { places = named }
    }
    // Another proxy of this machine may listen at another port.
    let isOwn = host.isLoopback || places.contains { $0.addresses.contains(host) }
    if isOwn, address.port == ownPort { throw fault(.itself) }
  }
}
