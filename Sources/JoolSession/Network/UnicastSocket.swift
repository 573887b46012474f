internal import Glibc
internal import JoolCore
internal import Logging
internal import SystemPackage

/// The socket that exchanges sessions with peers by their addresses, where multicast does not get.
final class UnicastSocket: SyncLink {
  private let owned: OwnedDescriptor
  private var peers: [SocketAddress] = []
  private var sources: Set<IPv6Address> = []

  init(_ configuration: ProxyConfiguration.Peers, log: Logger) throws(ProxyError) {
    let peers = try Self.addresses(of: configuration.peers)
    for peer in configuration.peers { log.info("\(peer.host)#\(peer.port) is a peer.") }
    let isIPv6 = peers.first?.isIPv6 ?? true
    let own = try Self.lookUp(host: isIPv6 ? "::" : "0.0.0.0", port: configuration.port, forBinding: true)
    guard let own = own.first else {
      throw .bindFailed(address: "::", port: configuration.port, .addressNotAvailable)
    }
    do throws(Errno) {
      let socket = try own.makeDatagramSocket()
      try own.bind(socket.rawValue)
      owned = socket
    } catch {
      throw .bindFailed(address: isIPv6 ? "::" : "0.0.0.0", port: configuration.port, error)
    }
    setPeers(peers)
    Self.enlargeReceiveBuffer(of: owned.rawValue, log: log)
  }

  /// Other peers from now on.
  /// - Parameter addresses: those of `addresses(of:)`.
  func use(_ new: [ProxyConfiguration.Peers.Peer], at addresses: [SocketAddress]) throws(ProxyError) {
    // The socket is of the family that the first ones had.
    if let first = addresses.first, let known = peers.first, first.isIPv6 != known.isIPv6 {
      throw .mixedPeers(new.first?.host ?? "")
    }
    setPeers(addresses)
  }

  private func setPeers(_ peers: [SocketAddress]) {
    self.peers = peers
    sources = Set(
      peers.compactMap(\.groupAddress).map {
        switch $0 {
        case .v4(let address): IPv6Address(bits: 0xFFFF << 32 | UInt128(address.bits))
        case .v6(let address): address
        }
      })
  }

  /// Looks up peers, which may block for as long as a resolver does not answer. All addresses are of one family, since one
  /// socket must reach them.
  static func addresses(of peers: [ProxyConfiguration.Peers.Peer]) throws(ProxyError) -> [SocketAddress] {
    var addresses: [SocketAddress] = []
    for peer in peers {
      let found = try lookUp(host: peer.host, port: peer.port, forBinding: false)
      guard let address = found.first(where: { addresses.isEmpty || $0.isIPv6 == addresses[0].isIPv6 }) else {
        throw .mixedPeers(peer.host)
      }
      addresses.append(address)
    }
    return addresses
  }

  private static func lookUp(host: String, port: String, forBinding: Bool) throws(ProxyError) -> [SocketAddress] {
    do throws(SocketAddress.LookupFailure) {
      return try SocketAddress.lookUp(host: host, service: port, forBinding: forBinding)
    } catch {
      throw .lookupFailed(address: host, port: port, code: error.code)
    }
  }

  var descriptor: Int32 { owned.rawValue }

  func isPeer(_ source: IPv6Address) -> Bool { sources.contains(source) }

  /// One peer that cannot be reached does not keep it from the others.
  func send(_ payload: RawSpan) throws(Errno) {
    var failure: Errno?
    var isSent = false
    for peer in peers {
      let sent = payload.withUnsafeBytes { bytes in
        peer.withSocketAddress { sendto(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
      }
      if sent >= 0 { isSent = true } else { failure = .current }
    }
    // A peer whose port was closed is told in the next call's error, which says nothing about that call.
    if let failure, !isSent, failure != .connectionRefused { throw failure }
  }
}
