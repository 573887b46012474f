internal import JoolCore
internal import JoolSession

/// A peer's address, and the interface that leads to it if the user named one.
struct PeerAddress: Hashable, Sendable {
  /// The address as the user wrote it.
  let text: String
  /// The address and port that a look-up found.
  let address: SocketAddress
  /// The interface that the user named, or that the look-up found with the address.
  let zone: InterfaceSelector?

  /// The destination address and the interface for datagrams to a peer.
  struct Way: Hashable, Sendable {
    /// The peer's address and port.
    ///
    /// A link-local address has its interface as scope.
    var address: SocketAddress
    /// The index of the interface, for an address that is not link-local but has a zone.
    ///
    /// 0: the routes decide.
    var interface: UInt32 = 0
  }

  init(text: String, address: SocketAddress, zone: String?) {
    self.text = text
    self.address = address
    self.zone = InterfaceSelector(zone: zone, of: address)
  }

  /// The present way to the peer.
  ///
  /// `nil` while its interface is missing.
  func way(in view: InterfaceView, _ watch: inout InterfaceMonitor) -> Way? {
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

  /// Checks at the start, and for `--check`, that this can be a peer's address.
  ///
  /// Throws `NetworkFault` if it cannot be one.
  /// - `ownPort`: the port on which the proxy listens.
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
    // An address of this machine is allowed with another port, on which another proxy may listen.
    let isOwn = host.isLoopback || places.contains { $0.addresses.contains(host) }
    if isOwn, address.port == ownPort { throw fault(.itself) }
  }
}
