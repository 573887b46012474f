import JoolDaemon

/// The options that choose the links to the peers: the multicast group, the interfaces and the unicast peers.
struct LinkOptions: Hashable, Sendable {
  var multicastAddress: String?
  /// The group from a configuration file.
  ///
  /// `multicastAddress` overrides it.
  var configuredAddress: String?
  var port = "6400"
  /// The interfaces to receive from, one for each link.
  var inputDevices: [String] = []
  var outputDevices: [String] = []
  /// The unicast peers, which replace the multicast group or complement it.
  var peers: [ProxyConfiguration.Peers.Peer] = []
  var timeToLive: UInt8 = 1

  /// The group in force.
  var group: String? { multicastAddress ?? configuredAddress }

  /// Marks the group that was given so far as a file's, so that an argument may override it.
  mutating func configureAddress() {
    configuredAddress = group
    multicastAddress = nil
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
              group: group, port: port, incomingInterface: inputDevices.dropFirst(index).first,
              outgoingInterface: outputDevices.dropFirst(index).first, ttl: UInt32(timeToLive))))
      }
    }
    if !peers.isEmpty {
      for (setting, devices) in [(NetworkFault.Setting.incoming, inputDevices), (.outgoing, outputDevices)] {
        guard links.isEmpty, let device = devices.first else { continue }
        throw .proxy(.network(NetworkFault(setting, device, .unused)))
      }
      let peers = peers.map { $0.port.isEmpty ? .init(host: $0.host, port: port) : $0 }
      links.append(.peers(ProxyConfiguration.Peers(peers: peers, port: port)))
    }
    guard !links.isEmpty else { throw .invalid(.noMulticastAddress) }
    return links
  }

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
}
