internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// The statistics server.
///
/// It answers a datagram that begins with `all` with all of the proxy's counters, and any other datagram with the C
/// proxy's counters, as the C proxy does. The address `::` serves IPv4, too.
struct StatisticsSocket: ~Copyable {
  /// The socket; `nil` after a failed attempt to reopen it, until one succeeds. (The type is not written with `?`,
  /// because such a property is `nil` even before an initializer that fails has begun.)
  private var owned: Optional<OwnedDescriptor>
  private let place: Place
  private var watch: InterfaceMonitor
  /// The index of the interface that the socket is bound to; 0 for all.
  private var interface: UInt32
  private var reopening: LogThrottle

  /// The configured address of the server, and the addresses that a look-up found for it.
  private struct Place {
    let configuration: ProxyConfiguration.Statistics
    let addresses: [SocketAddress]
    /// The interface to bind to, if the address names one.
    let zone: InterfaceSelector?

    func index(_ watch: inout InterfaceMonitor) -> UInt32? {
      guard let zone else { return nil }
      return watch.find(zone, in: .now(names: zone.names))?.index
    }
  }

  /// Opens and binds the socket.
  ///
  /// Waits for DNS if the address is a name.
  /// - `links`: the links of the proxy, whose ports are in use.
  /// - `isTrial`: whether to bind to any free port instead, because a running proxy may hold the configured one.
  init(
    _ configuration: ProxyConfiguration.Statistics, beside links: [ProxyConfiguration.Link], isTrial: Bool = false,
    log: Logger
  ) throws(ProxyError) {
    let found = try Self.lookUp(configuration, beside: links)
    let place = Place(
      configuration: configuration,
      addresses: isTrial ? found.compactMap { address in address.host.map { SocketAddress($0, port: 0) } } : found,
      zone: ZonedHost(configuration.address).zone.map { InterfaceSelector.zone($0) })
    var watch = InterfaceMonitor()
    let interface = place.index(&watch) ?? 0
    let socket = try Self.open(place, interface, log: log)
    self.place = place
    self.watch = watch
    self.interface = interface
    reopening = LogThrottle()
    owned = consume socket
  }

  private static func lookUp(
    _ configuration: ProxyConfiguration.Statistics, beside links: [ProxyConfiguration.Link]
  ) throws(ProxyError) -> [SocketAddress] {
    let (host, service) = (ZonedHost(configuration.address), configuration.port)
    if service.isEmpty { throw .network(NetworkFault(.statisticsPort, "", .noPort)) }
    let addresses: [SocketAddress]
    do throws(SocketAddress.LookupFailure) {
      addresses = try SocketAddress.lookUp(host: host.host, service: service, forBinding: true)
    } catch {
      throw .lookupFailed(address: configuration.address, port: service, code: error.code)
    }
    let zone = host.zone.map { InterfaceSelector.zone($0) }
    let view = InterfaceView.now(names: zone?.names ?? [])
    // A name may have addresses that this machine lacks. One that can be used is enough.
    var usable: [SocketAddress] = []
    var fault: NetworkFault?
    for address in addresses {
      do throws(NetworkFault) {
        try StatisticsAddress(text: configuration.address, port: service, address: address, zone: zone)
          .verify(beside: links, in: view)
        usable.append(address)
      } catch {
        fault = error
      }
    }
    if let fault, usable.isEmpty { throw .network(fault) }
    return usable
  }

  private static func open(_ place: Place, _ interface: UInt32, log: Logger) throws(ProxyError) -> OwnedDescriptor {
    let (configuration, zone) = (place.configuration, place.zone)
    var failure = Errno.addressNotAvailable
    for var address in place.addresses {
      log.info("Trying address '[\(configuration.address)]:\(configuration.port)'...")
      do throws(Errno) {
        if address.host?.needsInterface == true, zone != nil { address.scope = interface }
        let socket = try address.makeDatagramSocket()
        if zone != nil { try SocketOptions.bind(socket.rawValue, to: interface) }
        try address.bind(socket.rawValue)
        log.info("Socket bound successfully.")
        return socket
      } catch {
        failure = error
      }
    }
    throw .statisticsUnavailable(address: configuration.address, port: configuration.port, failure)
  }

  /// Reopens the socket if the interface that the address names was created anew.
  mutating func heal(log: Logger) {
    guard let now = place.index(&watch), now != interface || owned == nil else { return }
    owned = nil
    interface = now
    do throws(ProxyError) {
      var steps = log
      steps.logLevel = max(log.logLevel, .notice)
      owned = try Self.open(place, now, log: steps)
      log.notice("The statistics server listens on its interface again.")
    } catch {
      // The interface may get the address later. The next check then finds it.
      if let more = reopening.admit(now: .now) { log.error("Cannot serve statistics: \(error)\(more)") }
    }
  }

  var descriptor: Int32 { owned.borrowed { $0.rawValue } ?? -1 }

  /// The beginning of our reports and of the C proxy's.
  private static let reportsBeginning = Array("KERNEL_SENT_PKTS".utf8)

  /// Answers the waiting datagrams, at most 64 of them.
  ///
  /// Does not block.
  func answer(_ proxy: SessionProxy) {
    var buffer = [UInt8](repeating: 0, count: Self.reportsBeginning.count)
    for _ in 0..<64 {
      var sender = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let answered = withUnsafeMutablePointer(to: &sender) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          let count = recvfrom(descriptor, &buffer, buffer.count, 0, address, &length)
          guard count >= 0 else { return false }
          let query = buffer.prefix(count)
          // Reports get no answer. Otherwise a query with the forged address of another such server would make the two
          // servers answer each other without end.
          guard !query.elementsEqual(Self.reportsBeginning) else { return true }
          var report = query.starts(with: "all".utf8) ? proxy.fullReport : proxy.counters.documentedReport
          // Errors are ignored, because they affect only the sender of the query.
          report.withUTF8 { _ = sendto(descriptor, $0.baseAddress, $0.count, 0, address, length) }
          return true
        }
      }
      if !answered { return }
    }
  }
}
