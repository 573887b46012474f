import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// The options of a proxy, as the user wrote them.
struct ProxyArguments: Hashable, Sendable {
  var multicastAddress: String?
  /// The group from a configuration file.
  ///
  /// `multicastAddress` overrides it.
  var configuredAddress: String?
  var multicastPort = "6400"
  /// The interfaces to receive from, one for each link.
  var inputDevices: [String] = []
  var outputDevices: [String] = []
  /// The unicast peers, which replace the multicast group or complement it.
  var peers: [ProxyConfiguration.Peers.Peer] = []
  var timeToLive: UInt8 = 1
  var statisticsAddress: String?
  var statisticsPort: String?
  var format = PeerProtocol.auto
  var trackFile: String?
  var keyFile: String?
  var mtu: Int?
  var user: String?
  var logLevel = Logger.Level.info
  var logTarget = LogTarget.auto

  private var group: String? { multicastAddress ?? configuredAddress }

  /// Marks the group that was given so far as a file's, so that an argument may override it.
  mutating func configureAddress() {
    configuredAddress = multicastAddress ?? configuredAddress
    multicastAddress = nil
  }

  /// Whether the proxy serves statistics.
  var servesStatistics: Bool { statisticsAddress != nil || statisticsPort != nil }

  private static func list(_ words: [String]) -> String { words.isEmpty ? "(null)" : words.joined(separator: ", ") }

  /// The text that a proxy prints before it logs only.
  func banner(instance: String) -> String {
    let statistics = """
        stats.addr: \(statisticsAddress ?? "::")
        stats.port: \(statisticsPort ?? "6401")

      """
    return """
      Config:
        mod.instance: \(instance)
        net.mcast.addr: \(group ?? "(null)")
        net.mcast.port: \(multicastPort)
        net.dev.in: \(Self.list(inputDevices))
        net.dev.out: \(Self.list(outputDevices))
        net.ttl: \(timeToLive)
      \(servesStatistics ? statistics : "")
      joold is intended as a daemon, so it outputs straight to syslog.
      The standard streams will mostly shut up from now on.
      ---------------------------------------------

      """
  }
}

extension ProxyArguments {
  /// Parses HOST, HOST:PORT, [HOST] or [HOST]:PORT.
  ///
  /// A text with more than one colon and no brackets is an IPv6 address.
  static func peer(_ text: String) throws(ArgumentError) -> ProxyConfiguration.Peers.Peer {
    let host: Substring
    var rest: Substring
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      (host, rest) = (text[..<colon], text[colon...])
    } else {
      (host, rest) = (text[...], "")
    }
    guard !host.isEmpty, !host.contains("["), rest.isEmpty || (rest.removeFirst() == ":" && !rest.isEmpty) else {
      throw .notPeer(text)
    }
    return .init(host: String(host), port: String(rest))
  }

  /// Checks that the options do not contradict each other: a key file excludes the C proxies' format.
  ///
  /// - Throws: `ArgumentError.sealedLegacy`, as a `CommandFailure`.
  func verify() throws(CommandFailure) {
    if keyFile != nil, format == .legacy { throw .invalid(.sealedLegacy) }
  }

  /// The links to the peers: one multicast link for each interface, then one link for all unicast peers.
  ///
  /// - Throws: a `CommandFailure` if there is neither a group nor a peer, if the interfaces for receiving and sending
  ///   do not form pairs, or if there are interfaces but no group.
  func links() throws(CommandFailure) -> [ProxyConfiguration.Link] {
    var links: [ProxyConfiguration.Link] = []
    if let group {
      guard inputDevices.isEmpty || outputDevices.isEmpty || inputDevices.count == outputDevices.count else {
        throw .invalid(.unequalDevices(incoming: inputDevices, outgoing: outputDevices))
      }
      for index in 0..<max(inputDevices.count, outputDevices.count, 1) {
        links.append(
          .group(
            ProxyConfiguration.Network(
              group: group, port: multicastPort, incomingInterface: inputDevices.dropFirst(index).first,
              outgoingInterface: outputDevices.dropFirst(index).first, ttl: UInt32(timeToLive))))
      }
    }
    if !peers.isEmpty {
      for (setting, devices) in [(NetworkFault.Setting.incoming, inputDevices), (.outgoing, outputDevices)] {
        guard links.isEmpty, let device = devices.first else { continue }
        throw .proxy(.network(NetworkFault(setting, device, .unused)))
      }
      let peers = peers.map { $0.port.isEmpty ? .init(host: $0.host, port: multicastPort) : $0 }
      links.append(.peers(ProxyConfiguration.Peers(peers: peers, port: multicastPort)))
    }
    guard !links.isEmpty else { throw .invalid(.noMulticastAddress) }
    return links
  }

  /// The configuration that the proxy takes, with the default address and port of the statistics server filled in.
  func configuration(instance: InstanceName, links: [ProxyConfiguration.Link]) -> ProxyConfiguration {
    let statistics = ProxyConfiguration.Statistics(
      address: statisticsAddress ?? ProxyConfiguration.Statistics.defaultAddress,
      port: statisticsPort ?? ProxyConfiguration.Statistics.defaultPort)
    return ProxyConfiguration(
      instance: instance, links: links, statistics: servesStatistics ? statistics : nil, format: format,
      trackFile: trackFile, keyFile: keyFile, mtu: mtu, logLevel: logLevel, user: user)
  }
}
