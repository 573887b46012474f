internal import Glibc
internal import JoolCore
internal import Logging
internal import SystemPackage

/// Answers any datagram with the proxy's counters, as the C proxy does, and one that says `all` with all of them. `::`
/// serves IPv4 too.
struct StatisticsSocket: ~Copyable {
  private let owned: OwnedDescriptor

  init(_ configuration: ProxyConfiguration.Statistics, log: Logger) throws(ProxyError) {
    let (host, service) = (configuration.address, configuration.port)
    let candidates: [SocketAddress]
    do throws(SocketAddress.LookupFailure) {
      candidates = try SocketAddress.lookUp(host: host, service: service, forBinding: true)
    } catch {
      throw .lookupFailed(address: host, port: service, code: error.code)
    }
    // A name may have addresses that this machine lacks: the first that can be had will do.
    var failure = Errno.addressNotAvailable
    for candidate in candidates {
      log.info("Trying address '[\(host)]:\(service)'...")
      do throws(Errno) {
        let socket = try candidate.makeDatagramSocket()
        try candidate.bind(socket.rawValue)
        log.info("Socket bound successfully.")
        owned = socket
        return
      } catch {
        failure = error
      }
    }
    throw .statisticsUnavailable(address: host, port: service, failure)
  }

  var descriptor: Int32 { owned.rawValue }

  /// Of our reports and of the C proxy's.
  private static let reportsBeginning = Array("KERNEL_SENT_PKTS".utf8)

  /// Answers what waits, at most a batch of it.
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
          // Somebody may pretend to be another such server, which would answer, too, and so on without end.
          guard !query.elementsEqual(Self.reportsBeginning) else { return true }
          var report = query.starts(with: "all".utf8) ? proxy.fullReport : proxy.counters.documentedReport
          // A sender that cannot be answered has only itself to blame.
          report.withUTF8 { _ = sendto(descriptor, $0.baseAddress, $0.count, 0, address, length) }
          return true
        }
      }
      if !answered { return }
    }
  }
}
