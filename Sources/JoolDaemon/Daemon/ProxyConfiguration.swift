internal import Glibc
public import JoolCore
public import JoolSession
public import Logging

/// The settings of `jool session proxy`.
///
/// Addresses and ports are texts as the user wrote them; they are looked up when the sockets are opened.
public struct ProxyConfiguration: Hashable, Sendable {
  /// The instance whose sessions are synchronized.
  public var instance: InstanceName
  /// The links to the peers.
  ///
  /// Everything is sent on each of them, so that one may fail.
  public var links: [Link]
  /// The address of the statistics server.
  ///
  /// `nil`: there is no server.
  public var statistics: Statistics?
  /// The protocol that is used with the peers.
  public var format: PeerProtocol
  /// The path of a file that shows whether the node is ready, for keepalived's `track_file`.
  ///
  /// `nil`: none.
  public var trackFile: String?
  /// The MTU of the path to the peers, 1280 to 1500 bytes.
  ///
  /// `nil`: the MTU of the interfaces.
  public var mtu: Int?
  /// The path of the file with the keys that seal the group's frames (`KeyRing`).
  ///
  /// `nil`: frames are not sealed.
  public var keyFile: String?
  /// The user that the process switches to once everything is open, for a process with one thread.
  ///
  /// `nil`: it does not switch.
  public var user: String?
  /// The lowest level that is logged.
  public var logLevel: Logger.Level
  /// What makes the proxy a mirror, which has no module; `nil` for a proxy with a module.
  public var mirror: Mirror?

  /// The options of a mirror.
  public struct Mirror: Hashable, Sendable {
    /// What the administrator states of the NAT64s.
    public var settings: MirrorSettings
    /// The directory of the snapshots; `nil`: none are written.
    public var state: String?
    /// The time between two snapshots.
    public var interval: TimeAmount
    /// The socket on which the mirror answers in the module's place (`Jool.connect(socket:instance:)`); `nil`: none.
    public var socket: Socket?

    /// Creates the options of a mirror.
    public init(
      settings: MirrorSettings = MirrorSettings(), state: String? = nil, interval: TimeAmount = Mirror.defaultInterval,
      socket: Socket? = nil
    ) {
      self.socket = socket
      self.settings = settings
      self.state = state
      self.interval = interval
    }

    /// The default time between two snapshots.
    public static let defaultInterval = TimeAmount.seconds(60)
  }

  /// A link to the peers.
  public enum Link: Hashable, Sendable {
    /// A multicast group.
    case group(Network)
    /// Peers by their addresses.
    case peers(Peers)
  }

  /// Peers by their addresses, where multicast is not possible.
  public struct Peers: Hashable, Sendable {
    /// The address and port of a peer.
    public struct Peer: Hashable, Sendable {
      /// An address, or a name to look up.
      public var host: String
      /// The UDP port: a number, or a service to look up.
      public var port: String

      /// Creates the address of a peer.
      public init(host: String, port: String) {
        self.host = host
        self.port = port
      }
    }

    /// The peers to which this node sends, and from which it accepts datagrams.
    public var peers: [Peer]
    /// The UDP port on which this node listens: a number, or a service to look up.
    public var port: String

    /// Creates a link to peers.
    public init(peers: [Peer], port: String) {
      self.peers = peers
      self.port = port
    }
  }

  /// A multicast group on an interface.
  public struct Network: Hashable, Sendable {
    /// The multicast group: an address, or a name to look up.
    public var group: String
    /// The UDP port: a number, or a service to look up.
    public var port: String
    /// The interface on which the group is joined: its name, or one of its addresses of the group's family.
    ///
    /// `nil`: the interface of the group's zone or of `outgoingInterface`, else the one that the kernel chooses.
    public var incomingInterface: String?
    /// The interface through which datagrams are sent, in the same forms.
    ///
    /// `nil`: the interface of the group's zone or of `incomingInterface`, else the one that the kernel chooses.
    public var outgoingInterface: String?
    /// The TTL or hop limit of multicasts (`IP_MULTICAST_TTL`).
    ///
    /// The kernel accepts 0 to 255.
    public var ttl: UInt32

    /// Creates a link to a multicast group.
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

    /// The default UDP port.
    public static let defaultPort = "6400"
    /// The default TTL: multicasts reach only the nodes on the same network link.
    public static let defaultTTL: UInt32 = 1
  }

  /// The address and port on which the statistics server listens.
  public struct Statistics: Hashable, Sendable {
    /// An address of this machine, or a name to look up.
    ///
    /// `::` includes IPv4.
    public var address: String
    /// The UDP port: a number, or a service to look up.
    public var port: String

    /// Creates the address of a statistics server.
    public init(address: String = Statistics.defaultAddress, port: String = Statistics.defaultPort) {
      self.address = address
      self.port = port
    }

    /// The default address: all addresses of the machine.
    public static let defaultAddress = "::"
    /// The default UDP port.
    public static let defaultPort = "6401"
  }

  /// Creates the settings of a proxy.
  ///
  /// Nothing is looked up or checked.
  public init(
    instance: InstanceName, links: [Link], statistics: Statistics? = nil, format: PeerProtocol = .auto,
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
  /// The link's name in messages.
  var name: String {
    switch self {
    case .group(let network):
      (network.outgoingInterface ?? network.incomingInterface).map { "\(network.group) on \($0)" } ?? network.group
    case .peers(let peers): peers.peers.map(\.host).joined(separator: ", ")
    }
  }
}

extension ProxyConfiguration {
  /// What the configuration is for.
  var service: ControlService { mirror == nil ? .proxy : .mirror }

  /// The values that `mtu` may have, in bytes.
  public static var allowedMTU: ClosedRange<Int> { PathMTU.allowed }

  /// Checks everything that starting a proxy needs, except the ports, which a running proxy may hold.
  ///
  /// Blocks, because names are looked up.
  /// - Throws: `ProxyError` as the start of the proxy would.
  public func verify() throws(ProxyError) {
    let user = try unprivilegedUser()
    // Only root can act as another user. Any other user gets the answer for their own rights.
    try (geteuid() == 0 ? user : nil).acting { () throws(ProxyError) in
      _ = try keys()
      guard let trackFile else { return }
      do throws(TrackFileError) { try TrackFile.verify(trackFile) } catch { throw .trackFile(trackFile, error) }
    }
    let silence = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }
    for case .group(let network) in links { _ = try MulticastSocket(network, log: silence) }
    for case .peers(let peers) in links { _ = try UnicastSocket.lookUp(peers) }
    if let statistics { _ = try StatisticsSocket(statistics, beside: links, isTrial: true, log: silence) }
    if let socket = mirror?.socket { _ = try socket.access(of: user) }
    if let state = mirror?.state {
      try (geteuid() == 0 ? user : nil).acting { () throws(ProxyError) in
        do throws(StateFault) { try SnapshotFolder(path: state).verify() } catch { throw .state(state, error) }
      }
    }
  }

  /// Reads the key file, with the rights of the user that the proxy runs as.
  ///
  /// Blocks only for the file.
  /// - Throws: `ProxyError.keyFile` if the proxy could not use the file; `.noSuchUser` and the like if its user does not
  ///   exist.
  public func verifyKeys() throws(ProxyError) {
    let user = try unprivilegedUser()
    try (geteuid() == 0 ? user : nil).acting { () throws(ProxyError) in _ = try keys() }
  }

  /// The user that the proxy switches to.
  ///
  /// `nil` if there is none.
  func unprivilegedUser() throws(ProxyError) -> UnprivilegedUser? {
    guard let user else { return nil }
    return try UnprivilegedUser(user)
  }

  /// The keys that the key file contains now.
  ///
  /// `nil` if there is no key file.
  func keys() throws(ProxyError) -> KeyRing? {
    guard let keyFile else { return nil }
    do throws(KeyFileError) { return try KeyRing(file: keyFile) } catch { throw .keyFile(error) }
  }

  /// The names of the options whose values differ from `other`.
  ///
  /// The log level and the path of the key file are not compared.
  func differences(from other: ProxyConfiguration) -> [String] {
    var names: [String] = []
    if links != other.links { names.append("group, port, interfaces or the use of peers (net.…)") }
    if (keyFile == nil) != (other.keyFile == nil) {
      names.append("net.key-file (until then frames are \(keyFile == nil ? "not sealed" : "sealed as before"))")
    }
    if mtu != other.mtu { names.append("net.mtu") }
    if format != other.format { names.append("net.format") }
    if statistics != other.statistics { names.append("stats.address or stats.port") }
    if trackFile != other.trackFile { names.append("track-file") }
    if user != other.user { names.append("user") }
    if mirror?.settings != other.mirror?.settings { names.append("settings") }
    if mirror?.state != other.mirror?.state || mirror?.interval != other.mirror?.interval {
      names.append("state or state-interval")
    }
    if mirror?.socket != other.mirror?.socket { names.append("socket, socket.owner, socket.group or socket.mode") }
    if instance != other.instance { names.append("the instance") }
    return names
  }
}
