internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// The socket that exchanges sessions with a multicast group.
///
/// It is bound to the group's address, so that nothing else arrives.
final class MulticastSocket: SyncLink {
  /// The socket; `nil` after a failed attempt to reopen it, until one succeeds.
  private var owned: OwnedDescriptor?
  private let names: GroupNames
  private var plan: GroupPlan
  private var watch: InterfaceMonitor

  /// Opens the socket, binds it and joins the group.
  ///
  /// Logs the same steps as the C proxy. Waits for DNS if the group is given by a name.
  init(_ network: ProxyConfiguration.Network, log: Logger) throws(ProxyError) {
    let found = try Self.verified(network, log: log)
    (names, plan, watch) = (found.names, found.plan, found.watch)
    try open(log: log)
  }

  /// The first of the group's addresses that could work, with the plan for it.
  ///
  /// Waits for DNS if the group is given by a name.
  private static func verified(
    _ network: ProxyConfiguration.Network, log: Logger
  ) throws(ProxyError) -> (names: GroupNames, plan: GroupPlan, watch: InterfaceMonitor) {
    let host = ZonedHost(network.group).host
    log.info("Getting address info of \(network.group)#\(network.port)...")
    if network.port.isEmpty { throw .network(NetworkFault(.groupPort, "", .noPort)) }
    let candidates: [SocketAddress]
    do throws(SocketAddress.LookupFailure) {
      candidates = try SocketAddress.lookUp(host: host, service: network.port, forBinding: false)
    } catch {
      throw .lookupFailed(address: network.group, port: network.port, code: error.code)
    }
    var failure = ProxyError.bindFailed(address: network.group, port: network.port, .addressNotAvailable)
    for candidate in candidates {
      guard let names = GroupNames(network, address: candidate) else { continue }
      var watch = InterfaceMonitor()
      do throws(ProxyError) {
        let plan = try names.verifiedPlan(in: .now(names: names.names), &watch)
        return (names, plan, watch)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private func bind(log: Logger) throws(ProxyError) -> OwnedDescriptor {
    log.info("Trying an address candidate...")
    do throws(Errno) {
      let socket = try plan.group.makeDatagramSocket()
      log.info("Setting SO_REUSEADDR as 1...")
      try SocketOptions.set(socket.rawValue, SOL_SOCKET, SO_REUSEADDR, Int32(1))
      try plan.group.bind(socket.rawValue)
      return socket
    } catch {
      throw .bindFailed(address: names.network.group, port: names.network.port, error)
    }
  }

  private func open(log: Logger) throws(ProxyError) {
    let socket = try bind(log: log)
    log.info("The socket to the network was created.")
    log.info("Configuring multicast options on the socket...")
    try configure(socket.rawValue, log: log)
    Self.prepareToReceive(on: socket.rawValue, log: log)
    owned = consume socket
  }

  private func configure(_ socket: Int32, log: Logger) throws(ProxyError) {
    let options: MulticastOptions = plan.group.isIPv6 ? .v6 : .v4
    // With several links each has its own socket. It must not receive the other sockets' groups.
    try options.set(socket, options.all, Int32(0))
    try options.join(socket, names.host, plan.incoming, named: names.network.incomingInterface)
    log.info("We're now registered to the multicast group.")
    try options.set(socket, options.loop, Int32(0))
    log.info("Multicast loopback disabled.")
    try options.set(socket, options.timeToLive, Int32(truncatingIfNeeded: names.network.ttl))
    log.info("Tweaked the TTL of multicasts.")
    guard let outgoing = plan.outgoing else { return }
    try options.sendThrough(socket, outgoing, named: names.network.outgoingInterface)
    if names.network.outgoingInterface != nil { log.info("The outgoing interface was overridden.") }
  }

  var descriptor: Int32 { owned.borrowed { $0.rawValue } ?? -1 }

  func heal(log: Logger) throws(ProxyError) -> Bool {
    let now = InterfaceView.now(names: names.names)
    // Without its interfaces nothing can be opened. They may return later.
    guard let new = try? names.plan(in: now, &watch), let incoming = new.incoming else { return false }
    let isMember = GroupMembership.now(isIPv6: new.group.isIPv6)?.contains(
      names.host, interface: incoming.interface.index)
    let isFine = owned != nil && new == plan && isMember != false
    plan = new
    if isFine { return false }
    // The old socket is closed first. If its interface was removed and a new one has the same index, closing the old
    // socket later would also end the new membership.
    owned = nil
    try open(log: log)
    return true
  }

  var mtu: Int? {
    guard let outgoing = plan.outgoing else { return plan.group.pathMTU() }
    let mtu = Int(clinux_interface_mtu(descriptor, outgoing.interface.name))
    return mtu > 0 ? mtu : nil
  }

  /// Sends records to the group.
  func send(_ payload: RawSpan) throws(Errno) {
    guard owned != nil else { throw .networkDown }
    let sent = payload.withUnsafeBytes { bytes in
      plan.group.withSocketAddress { sendto(descriptor, bytes.baseAddress, bytes.count, 0, $0, $1) }
    }
    guard sent >= 0 else { throw .current }
  }
}
