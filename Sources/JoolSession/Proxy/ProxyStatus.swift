public import JoolCore

/// The status of a running proxy (`jool session proxy status`).
public struct ProxyStatus: Hashable, Sendable {
  /// The status of another SS2 node, as this node knows it.
  public struct Peer: Hashable, Sendable {
    /// The state of a peer.
    public enum State: String, CaseIterable, Hashable, Sendable {
      /// The state in the peer's last hello.
      case ready, mending, starting
      /// The peer has timed out: nothing was received from it for five seconds.
      case silent
    }

    /// The peer's number in SS2.
    public var node: UInt64
    /// The source address of the peer's last datagram; IPv4 addresses are mapped.
    ///
    /// `::` if there is none.
    public var address: IPv6Address
    /// The state of the peer.
    public var state: State
    /// Whether the peer may have the addresses, by its last hello.
    ///
    /// False for a `silent` peer.
    public var isReady: Bool
    /// The number of sessions in the peer's table, by its last hello.
    public var sessions: UInt64
    /// The milliseconds since the peer's last datagram.
    public var silence: UInt64
    /// The number of updates that the peer has sent and that have not arrived yet.
    public var missing: UInt64
    /// The number of times that updates of the peer were missing.
    public var gaps: UInt64
    /// The number of the peer's updates that never arrived.
    public var lost: UInt64

    /// The name of the state for people.
    ///
    /// It is `ready, mending` for a `mending` peer that may have the addresses.
    public var stateName: String { NodeStatus.name(state.rawValue, isReady: isReady) }
  }

  /// The state of this node, and whether it may have the addresses.
  public var nodeStatus: NodeStatus
  /// The format in which this proxy exchanges sessions with the group.
  public var format: PeerProtocol
  /// The number of this node in SS2, which changes with each start.
  ///
  /// 0 until the module was seen.
  public var node: UInt64
  /// The number of sessions in this node's table.
  public var sessions: UInt64
  /// The number of BIB entries in this node's table.
  public var bibEntries: UInt64
  /// The number of peers that use the C proxies' format.
  public var legacyPeers: UInt64
  /// All counters, those of SS2 included, by their names in the statistics server's full report.
  public var counters: [Counter]
  /// The other SS2 nodes that this node knows.
  public var peers: [Peer]
  /// The reason why no peer receives this node's sessions, as a sentence.
  ///
  /// `nil` if one does.
  public var noPeerReason: String?
  /// The problems that keep nodes from taking over from each other, as sentences.
  public var findings: [String] = []

  /// A counter of the proxy.
  public struct Counter: Hashable, Sendable {
    /// The name of the counter in the statistics server's full report.
    public var name: String
    /// The present value of the counter.
    public var value: UInt64
  }
}

extension SessionProxy {
  /// The present status of this proxy.
  public func status(now: Instant) -> ProxyStatus {
    ProxyStatus(
      nodeStatus: nodeStatus, format: format, node: node?.identity.number ?? 0,
      sessions: UInt64(node?.table.count ?? 0),
      bibEntries: UInt64(node?.table.bibCount ?? 0), legacyPeers: UInt64(peerFormats.legacyCount(now: now)),
      counters: allCounters.map { ProxyStatus.Counter(name: $0.0, value: $0.1) },
      peers: (node?.peers.all ?? []).map { ProxyStatus.Peer($0, now: now) },
      noPeerReason: noPeerReason(now: now), findings: findings(now: now))
  }

  /// The answer of the statistics server to a request for `all`: the six documented counters, then the others.
  package var fullReport: String { ProxyCounters.text(allCounters) }

  private var allCounters: [(String, UInt64)] { counters.named + (node?.counters.named ?? []) }
}

extension ProxyStatus.Peer {
  fileprivate init(_ peer: SyncPeer, now: Instant) {
    node = peer.incarnation.number
    address = peer.address ?? IPv6Address(bits: 0)
    let isAlive = peer.isAlive(at: now)
    switch peer.state {
    case _ where !isAlive: state = .silent
    case .starting: state = .starting
    case .mending: state = .mending
    case .ready: state = .ready
    }
    isReady = isAlive && peer.hello.may
    sessions = peer.hello.sessions
    silence = UInt64(Milliseconds(clamping: peer.lastHeard.duration(to: now)).rawValue)
    missing = peer.stream.missingCount
    gaps = peer.stream.gaps
    lost = peer.stream.unrecovered
  }
}

/// The text form of a status, in which the proxy sends it to its clients: lines of words.
extension ProxyStatus {
  /// The status as lines of words that are separated by spaces.
  package var text: String {
    var lines = [
      "state \(nodeStatus.state.rawValue)", "ready \(nodeStatus.isReady ? "yes" : "no")", "format \(format.rawValue)",
      "node \(node)", "sessions \(sessions)",
      "bib-entries \(bibEntries)", "legacy-peers \(legacyPeers)",
    ]
    lines += counters.map { "counter \($0.name) \($0.value)" }
    lines += peers.map { peer in
      "peer \(peer.node) \(peer.address) \(peer.state.rawValue) \(peer.sessions) \(peer.silence) \(peer.missing) "
        + "\(peer.gaps) \(peer.lost) \(peer.isReady ? "ready" : "not-ready")"
    }
    if let reason = nodeStatus.reason { lines.append("mending \(reason)") }
    if let noPeerReason { lines.append("alone \(noPeerReason)") }
    lines += findings.map { "finding \($0)" }
    return lines.joined(separator: "\n")
  }

  /// Decodes the text form of a status.
  ///
  /// `nil` if the text was not written by `text`.
  package init?(text: String) {
    var single: [Substring: Substring] = [:]
    counters = []
    peers = []
    var reason: String?
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "finding", words.count > 1 {
        findings.append(String(line.dropFirst("finding ".count)))
        continue
      }
      if words.first == "mending", words.count > 1 {
        reason = String(line.dropFirst("mending ".count))
        continue
      }
      if words.first == "alone", words.count > 1 {
        noPeerReason = String(line.dropFirst("alone ".count))
        continue
      }
      if words.count == 2 {
        single[words[0]] = words[1]
      } else if words.first == "counter", words.count == 3, let value = UInt64(words[2]) {
        counters.append(Counter(name: String(words[1]), value: value))
      } else if words.first == "peer", let peer = Peer(words: words.dropFirst()) {
        peers.append(peer)
      } else {
        return nil
      }
    }
    func number(_ name: Substring) -> UInt64? { single[name].flatMap { UInt64($0) } }
    guard let state = single["state"].flatMap({ NodeStatus.State(rawValue: String($0)) }),
      let format = single["format"].flatMap({ PeerProtocol(rawValue: String($0)) }), let node = number("node"),
      let sessions = number("sessions"), let bibEntries = number("bib-entries"),
      let legacyPeers = number("legacy-peers")
    else { return nil }
    nodeStatus = NodeStatus(state, isReady: single["ready"] == "yes", because: reason)
    self.format = format
    self.node = node
    self.sessions = sessions
    self.bibEntries = bibEntries
    self.legacyPeers = legacyPeers
  }
}

extension ProxyStatus.Peer {
  fileprivate init?(words: ArraySlice<Substring>) {
    let words = Array(words)
    guard words.count == 9, let node = UInt64(words[0]), let address = IPv6Address(String(words[1])),
      let state = State(rawValue: String(words[2]))
    else { return nil }
    let numbers = words[3..<8].compactMap { UInt64($0) }
    guard numbers.count == 5 else { return nil }
    self.init(
      node: node, address: address, state: state, isReady: words[8] == "ready", sessions: numbers[0],
      silence: numbers[1], missing: numbers[2], gaps: numbers[3], lost: numbers[4])
  }
}
