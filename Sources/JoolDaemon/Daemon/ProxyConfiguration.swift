internal import Glibc
public import JoolCore
public import JoolSession
public import Logging

/// What `jool session proxy` is told: texts as the user gave them, looked up when the sockets are opened.
public struct ProxyConfiguration: Hashable, Sendable {
  public var instance: InstanceName
  /// Everything goes out on each of them, so that one may be cut.
  public var links: [Link]
  /// `nil`: no statistics server.
  public var statistics: Statistics?
  public var format: WireFormat
  /// A file that says whether the node is ready, for keepalived's `track_file`. `nil`: none.
  public var trackFile: String?
  /// The MTU of the path to the peers, 1280 to 1500 bytes. `nil`: the interfaces'.
  public var mtu: Int?
  /// Of the keys that the group's frames are sealed with (`KeyRing`). `nil`: they are not sealed.
  public var keyFile: String?
  /// Who the proxy becomes once everything is open. `nil`: it stays who it is.
  public var user: String?
  /// The least that is worth a line in the log.
  public var logLevel: Logger.Level

  /// A way to the peers.
  public enum Link: Hashable, Sendable {
    case group(Network)
    case peers(Peers)
  }

  /// Peers by their addresses, where multicast does not get.
  public struct Peers: Hashable, Sendable {
    public struct Peer: Hashable, Sendable {
      /// An address, or a name to look up.
      public var host: String
      /// UDP port: a number, or a service to look up.
      public var port: String

      public init(host: String, port: String) {
        self.host = host
        self.port = port
      }
    }

    public var peers: [Peer]
    /// Where this node listens.
    public var port: String

    public init(peers: [Peer], port: String) {
      self.peers = peers
      self.port = port
    }
  }

  /// A multicast group on an interface.
  public struct Network: Hashable, Sendable {
    /// Multicast group: an address, or a name to look up.
    public var group: String
    /// UDP port: a number, or a service to look up.
    public var port: String
    /// IPv6: an interface's name. IPv4: an address of the interface, or its name. `nil`: the kernel chooses.
    public var incomingInterface: String?
    /// As `incomingInterface`, for what is sent.
    public var outgoingInterface: String?
    /// How far multicasts travel (`IP_MULTICAST_TTL`); the kernel takes 0 to 255.
    public var ttl: UInt32

    public init(
      group: String, port: String = Network.defaultPort, incomingInterface: String? = nil,
      outgoingInterface: String? = nil, ttl: UInt32 = Network.defaultTTL
    ) {
      self.group = group
      self.port = port
      self.incomingInterface = incomingInterface
      self.outgoingInterface = outgoingInterface
      self.ttl = ttl
    }

    public static let defaultPort = "6400"
    public static let defaultTTL: UInt32 = 1
  }

  /// Where the statistics server listens.
  public struct Statistics: Hashable, Sendable {
    public var address: String
    public var port: String

    public init(address: String = Statistics.defaultAddress, port: String = Statistics.defaultPort) {
      self.address = address
      self.port = port
    }

    public static let defaultAddress = "::"
    public static let defaultPort = "6401"
  }

  public init(
    instance: InstanceName, links: [Link], statistics: Statistics? = nil, format: WireFormat = .auto,
    trackFile: String? = nil, keyFile: String? = nil, mtu: Int? = nil,
    logLevel: Logger.Level = .info, user: String? = nil
  ) {
    self.instance = instance
    self.links = links
    self.statistics = statistics
    self.format = format
    self.trackFile = trackFile
    self.keyFile = keyFile
    self.mtu = mtu
    self.logLevel = logLevel
    self.user = user
  }
}

extension ProxyConfiguration.Link {
  /// How messages call it.
  var name: String {
    switch self {
    case .group(let network):
      (network.outgoingInterface ?? network.incomingInterface).map { "\(network.group) on \($0)" } ?? network.group
    case .peers(let peers): peers.peers.map(\.host).joined(separator: ", ")
    }
  }
}

extension ProxyConfiguration {
  /// What `mtu` may be.
  public static var allowedMTU: ClosedRange<Int> { PathSize.allowed }

  /// Looks for what would keep a proxy from starting, but for its ports: another one may be running.
  public func verify() throws(ProxyError) {
    let user = try unprivilegedUser()
    // Only root can act as another user; whoever else asks gets the answer for their own rights.
    try (geteuid() == 0 ? user : nil).acting { () throws(ProxyError) in
      _ = try keys()
      guard let trackFile else { return }
      do throws(TrackFileError) { try TrackFile.verify(trackFile) } catch { throw .trackFile(trackFile, error) }
    }
    let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
    for case .group(let network) in links { _ = try MulticastSocket(network, log: silence) }
    for case .peers(let peers) in links { _ = try UnicastSocket.lookUp(peers) }
    if let statistics { _ = try StatisticsSocket(statistics, beside: links, isTrial: true, log: silence) }
  }

  /// The user to become, if there is one.
  func unprivilegedUser() throws(ProxyError) -> UnprivilegedUser? {
    guard let user else { return nil }
    return try UnprivilegedUser(user)
  }

  /// What the key file has now.
  func keys() throws(ProxyError) -> KeyRing? {
    guard let keyFile else { return nil }
    do throws(KeyFileError) { return try KeyRing(file: keyFile) } catch { throw .keyFile(error) }
  }

  /// What another one says otherwise, by the names of options.
  func differences(from other: ProxyConfiguration) -> [String] {
    var names: [String] = []
    if links != other.links { names.append("group, port, interfaces or whether there are peers (net.…)") }
    if (keyFile == nil) != (other.keyFile == nil) {
      names.append("net.key-file (until then frames are \(keyFile == nil ? "not sealed" : "sealed as before"))")
    }
    if mtu != other.mtu { names.append("net.mtu") }
    if format != other.format { names.append("net.format") }
    if statistics != other.statistics { names.append("stats.address or stats.port") }
    if trackFile != other.trackFile { names.append("track-file") }
    if user != other.user { names.append("user") }
    if instance != other.instance { names.append("the instance") }
    return names
  }
}
