internal import CLinux
internal import Glibc
internal import JoolCore
internal import JoolSession
internal import Logging
internal import SystemPackage

/// A way to the peers: a multicast group on an interface, or their addresses.
protocol SyncLink: AnyObject {
  /// -1 while it is closed.
  var descriptor: Int32 { get }
  /// Follows its interfaces: they are renamed, removed and made anew. Does not wait.
  /// - Returns: whether it had to be opened anew.
  func heal(log: Logger) throws(ProxyError) -> Bool
  /// The MTU of the way to the peers as it is now, if that is known.
  var mtu: Int? { get }
  /// To all peers.
  func send(_ payload: RawSpan) throws(Errno)
  /// Whether a datagram may be one of a peer's.
  func isPeer(_ arrival: Arrival) -> Bool
}

extension SyncLink {
  func isPeer(_ arrival: Arrival) -> Bool { true }

  /// Receives a batch without waiting.
  /// - Parameter buffer: `SyncLinks.batch` times `stride` bytes.
  /// - Returns: datagram i starts at i times `stride`, and is cut there.
  func receive(into buffer: inout [UInt8]) throws(Errno) -> [Arrival] {
    var datagrams = [clinux_datagram](repeating: clinux_datagram(), count: SyncLinks.batch)
    let count = clinux_receive_datagrams(
      descriptor, &buffer, SyncLinks.stride, &datagrams, UInt32(SyncLinks.batch))
    if count >= 0 {
      let wall = Arrival.wallClock
      return datagrams.prefix(Int(count)).map { Arrival($0, wall: wall) }
    }
    let code = Errno.current
    guard code == .wouldBlock || code == .interrupted else { throw code }
    return []
  }

  /// A large buffer, whose datagrams say since when they wait in it.
  static func prepareToReceive(on socket: Int32, log: Logger) {
    if clinux_stamp_datagrams(socket) != 0 {
      log.warning("The kernel does not say when datagrams arrive, so old ones count as new: \(Errno.current)")
    }
    let granted = SocketOptions.enlargeReceiveBuffer(of: socket, to: SyncLinks.receiveBuffer)
    log.adviseOnBuffer(of: "network", granted: granted, wanted: SyncLinks.receiveBuffer)
  }
}

/// All ways to the peers. What goes out goes out on each; one that works is enough.
struct SyncLinks {
  /// 32 MiB is 14,000 datagrams, half a million sessions. The kernel takes memory only for what waits.
  static let receiveBuffer: Int32 = 32 << 20
  /// Datagrams per system call, and the room for each: C proxies send up to 1,540 bytes.
  static let batch = 64
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

  /// Whether what a peer says arrives more than once.
  var areRedundant: Bool { links.count > 1 }

  /// What fits all of them.
  var path: PathSize { PathSize(mtu: links.compactMap(\.mtu).min() ?? PathSize.allowed.upperBound) }

  /// - Parameter health: notes which links take it.
  /// - Throws: if no link takes it; why one of them did not.
  /// - Returns: why some did not.
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

  /// The names of the links, for people.
  var names: [String] { configurations.map(\.name) }

  /// What holds now.
  var current: [ProxyConfiguration.Link] { configurations }

  /// The peers of another configuration that may replace those of now, once their addresses were looked up. There is one
  /// link to peers at most.
  func replacement(in new: [ProxyConfiguration.Link]) -> ProxyConfiguration.Peers? {
    for (old, new) in zip(configurations, new) {
      if case .peers(let old) = old, case .peers(let new) = new, old.port == new.port { return new }
    }
    return nil
  }

  /// Takes other peers; nothing else changes.
  /// - Parameter addresses: what `UnicastSocket.lookUp` found for them.
  mutating func use(_ new: ProxyConfiguration.Peers, at addresses: [PeerAddress]) throws(ProxyError) {
    for index in links.indices {
      guard let link = links[index] as? UnicastSocket else { continue }
      try link.use(addresses)
      configurations[index] = .peers(new)
    }
  }

  /// Interfaces were removed and made anew; the old memberships went with them.
  mutating func heal(log: Logger) {
    // What the C proxy tells of opening a socket is of interest at the start.
    var steps = log
    steps.logLevel = max(log.logLevel, .notice)
    for link in links {
      do throws(ProxyError) {
        if try link.heal(log: steps) { log.notice("The interface of the network was made anew; listening there.") }
      } catch {
        if let more = reopening.admit(now: .now) { log.error("Cannot listen on the network: \(error)\(more)") }
      }
    }
  }
}
