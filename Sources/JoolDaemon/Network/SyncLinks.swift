internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// All links to the peers.
///
/// Each datagram is sent on all of them; one that works is enough.
package struct SyncLinks {
  /// The requested receive buffer in bytes.
  ///
  /// 32 MiB hold 14,000 datagrams, or half a million sessions. The kernel allocates memory only for datagrams that
  /// wait.
  package static let receiveBuffer: Int32 = 32 << 20
  /// The maximum number of datagrams per system call.
  static let batch = TurnBudget.messages
  /// The room for each datagram in bytes.
  ///
  /// C proxies send up to 1,540.
  static let stride = 2048

  private var configurations: [ProxyConfiguration.Link]
  private(set) var links: [any SyncLink]
  private var reopening = LogThrottle()

  init(_ configurations: [ProxyConfiguration.Link], log: Logger) throws(ProxyError) {
    self.configurations = configurations
    links = []
    for configuration in configurations {
      switch configuration {
      case .group(let network): links.append(try MulticastSocket(network, log: log))
      case .peers(let peers): links.append(try UnicastSocket(peers, besideGroup: !links.isEmpty, log: log))
      }
    }
  }

  /// Whether there are several links, so that a peer's datagrams arrive more than once.
  var areRedundant: Bool { links.count > 1 }

  /// Whether there are peers by their addresses.
  var hasPeersByAddress: Bool {
    configurations.contains { if case .peers = $0 { true } else { false } }
  }

  /// The datagram size that fits all links.
  var path: PathMTU { PathMTU(mtu: links.compactMap(\.mtu).min() ?? PathMTU.allowed.upperBound) }

  /// Sends a datagram on all links.
  ///
  /// Does not block.
  ///
  /// Returns the error of a link that failed although another one succeeded; `nil` if none failed. Throws the error of
  /// a link if all of them failed.
  /// - `health`: records for each link whether it accepted the datagram.
  func send(_ payload: RawSpan, _ health: inout SendHealth) throws(Errno) -> Errno? {
    var failure: Errno?
    var isSent = false
    for (index, link) in links.enumerated() {
      do throws(Errno) {
        try link.send(payload)
        isSent = true
        health.sent(on: index)
      } catch {
        failure = error
        health.failed(on: index, because: "\(error)", now: .now)
      }
    }
    if let failure, !isSent { throw failure }
    return failure
  }

  /// The names of the links, for messages.
  var names: [String] { configurations.map(\.name) }

  /// The present configuration of the links.
  var current: [ProxyConfiguration.Link] { configurations }

  /// The peers of a new configuration that can replace the present ones once their addresses are looked up.
  ///
  /// `nil` if there are none, or if this node's port is another one. At most one link has peers.
  func replacement(in new: [ProxyConfiguration.Link]) -> ProxyConfiguration.Peers? {
    for (old, new) in zip(configurations, new) {
      if case .peers(let old) = old, case .peers(let new) = new, old.port == new.port { return new }
    }
    return nil
  }

  /// Replaces the peers; nothing else changes.
  /// - `addresses`: the addresses that `UnicastSocket.lookUp` found for the new peers.
  mutating func use(_ new: ProxyConfiguration.Peers, at addresses: [PeerAddress]) throws(ProxyError) {
    for index in links.indices {
      guard let link = links[index] as? UnicastSocket else { continue }
      try link.use(addresses)
      configurations[index] = .peers(new)
    }
  }

  /// Reopens links whose interfaces were removed and created anew, because the memberships ended with the old
  /// interfaces.
  mutating func heal(log: Logger) {
    // The C proxy's messages about opening a socket are of interest only at the start.
    var steps = log
    steps.logLevel = max(log.logLevel, .notice)
    for link in links {
      do throws(ProxyError) {
        if try link.heal(log: steps) {
          log.notice(
            "The socket of the group was opened again, because its interface or its membership has changed.")
        }
      } catch {
        if let more = reopening.admit(now: .now) { log.error("Cannot listen on the network: \(error)\(more)") }
      }
    }
  }
}
