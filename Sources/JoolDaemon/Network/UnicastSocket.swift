internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// The socket that exchanges sessions with peers by their addresses, where multicast is not possible.
final class UnicastSocket: SyncLink {
  private let owned: OwnedDescriptor
  private let isIPv6: Bool
  private var peers: [PeerAddress] = []
  /// The present way to each peer; `nil` while its interface is missing.
  private var ways: [PeerAddress.Way?] = []
  private var sources: Set<Source> = []
  private var watch = InterfaceMonitor()
  /// The index of the interface through which the socket sends now.
  ///
  /// 0: the routes decide.
  private var interface: UInt32 = 0

  /// A peer's address as it appears in received datagrams.
  private struct Source: Hashable {
    let address: IPv6Address
    /// The interface index of a link-local address; 0 for other addresses.
    let scope: UInt32
  }

  /// Opens and binds the socket.
  ///
  /// Waits for DNS if a peer is given by a name.
  /// - `besideGroup`: whether a group's socket has the same port.
  init(_ configuration: ProxyConfiguration.Peers, besideGroup: Bool, log: Logger) throws(ProxyError) {
    let peers = try Self.lookUp(configuration)
    for peer in configuration.peers { log.info("\(peer.host)#\(peer.port) is a peer.") }
    isIPv6 = peers.first?.address.isIPv6 ?? true
    let any = isIPv6 ? "::" : "0.0.0.0"
    guard let own = try Self.lookUp(host: any, port: configuration.port).first else {
      throw .bindFailed(address: any, port: configuration.port, .addressNotAvailable)
    }
    do throws(Errno) {
      let socket = try own.makeDatagramSocket()
      if besideGroup { try SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, Int32(1)) }
      MulticastOptions.hearOwnGroupsAlone(socket.rawValue, isIPv6: isIPv6)
      try own.bind(socket.rawValue)
      owned = socket
    } catch {
      throw .bindFailed(address: any, port: configuration.port, error)
    }
    setPeers(peers)
    Self.prepareToReceive(on: owned.rawValue, log: log)
  }

  /// Replaces the peers.
  /// - Parameter new: the result of `lookUp`.
  /// - Throws: `ProxyError.mixedPeers` if they are of another family than the socket.
  func use(_ new: [PeerAddress]) throws(ProxyError) {
    // The socket has the family of the first peers, and keeps it.
    if let first = new.first, first.address.isIPv6 != isIPv6 { throw .mixedPeers(first.text) }
    setPeers(new)
  }

  private func setPeers(_ peers: [PeerAddress]) {
    self.peers = peers
    findWays()
  }

  private func findWays() {
    let view = InterfaceView.now(names: peers.compactMap(\.zone).flatMap(\.names))
    ways = peers.map { $0.way(in: view, &watch) }
    sources = Set(
      ways.compactMap { way in
        way?.address.host.map { Source(address: $0.mapped, scope: way?.address.scope ?? 0) }
      })
  }

  func heal(log: Logger) throws(ProxyError) -> Bool {
    if peers.contains(where: { $0.zone != nil }) { findWays() }
    return false
  }

  /// Looks up the peers' addresses, all of one family, because one socket must reach them.
  ///
  /// Waits for DNS.
  /// - Throws: `ProxyError` for a port or an address that cannot work.
  static func lookUp(_ configuration: ProxyConfiguration.Peers) throws(ProxyError) -> [PeerAddress] {
    if configuration.port.isEmpty { throw .network(NetworkFault(.groupPort, "", .noPort)) }
    guard let own = try lookUp(host: "::", port: configuration.port).first, own.port != 0 else {
      throw .network(NetworkFault(.groupPort, configuration.port, .noPort))
    }
    var peers: [PeerAddress] = []
    for peer in configuration.peers {
      let named = ZonedHost(peer.host)
      let found = try lookUp(host: named.host, port: peer.port)
      guard let address = found.first(where: { peers.isEmpty || $0.isIPv6 == peers[0].address.isIPv6 }) else {
        throw .mixedPeers(peer.host)
      }
      peers.append(PeerAddress(text: peer.host, address: address, zone: named.zone))
    }
    let view = InterfaceView.now(names: peers.compactMap(\.zone).flatMap(\.names))
    do throws(NetworkFault) {
      for peer in peers { try peer.verify(ownPort: own.port, in: view) }
    } catch {
      throw .network(error)
    }
    return peers
  }

  private static func lookUp(host: String, port: String) throws(ProxyError) -> [SocketAddress] {
    do throws(SocketAddress.LookupFailure) {
      return try SocketAddress.lookUp(host: host, service: port, forBinding: true)
    } catch {
      throw .lookupFailed(address: host, port: port, code: error.code)
    }
  }

  var descriptor: Int32 { owned.rawValue }

  func isPeer(_ arrival: ReceivedDatagram) -> Bool {
    sources.contains(Source(address: arrival.source, scope: arrival.scope))
  }

  var mtu: Int? { ways.compactMap { way in way?.address.pathMTU(through: way?.interface ?? 0) }.min() }

  /// Sends a datagram to every peer.
  ///
  /// A peer that cannot be reached does not prevent sending to the others.
  func send(_ payload: RawSpan) throws(Errno) {
    var failure: Errno?
    var isSent = false
    for way in ways {
      do throws(Errno) {
        try send(payload, on: way)
        isSent = true
      } catch {
        failure = error
      }
    }
    // A peer's closed port is no failure: the kernel does not report it to a socket that is not connected.
    if let failure, !isSent { throw failure }
  }

  private func send(_ payload: RawSpan, on way: PeerAddress.Way?) throws(Errno) {
    guard let way else { throw .operationNotSupportedByDevice }
    if way.interface != interface {
      try SocketOptions.sendUnicasts(of: descriptor, through: way.interface, isIPv6: isIPv6)
      interface = way.interface
    }
    let sent = payload.withUnsafeBytes { bytes in
      way.address.withSocketAddress { sendto(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
    }
    guard sent >= 0 else { throw .current }
  }
}
