public import JoolCore

/// What a running proxy says of itself (`jool session proxy status`).
public struct ProxyStatus: Hashable, Sendable {
  /// Another node that speaks SS2.
  public struct Peer: Hashable, Sendable {
    public enum State: String, CaseIterable, Hashable, Sendable {
      case ready, mending, starting
      /// Nothing was heard of it for five seconds.
      case silent
    }

    public var node: UInt64
    public var address: IPv6Address
    public var state: State
    /// Whether it may have the addresses, as it said in its last hello. A silent one may not.
    public var isReady: Bool
    /// As it said in its last hello.
    public var sessions: UInt64
    /// Milliseconds since its last word.
    public var silence: UInt64
    /// Updates that it sent and that have not arrived yet.
    public var missing: UInt64
    /// How often updates of it were missing, and how many never came.
    public var gaps: UInt64
    public var lost: UInt64

    /// `ready`, `mending`, and so on; `ready, mending` for one that mends and may have the addresses.
    public var stateName: String { NodeStanding.name(state.rawValue, isReady: isReady) }
  }

  public var standing: NodeStanding
  public var format: WireFormat
  /// Its number in SS2; another one with each start.
  public var node: UInt64
  public var sessions: UInt64
  public var bibEntries: UInt64
  /// Peers that speak the C proxies' format.
  public var legacyPeers: UInt64
  /// By their names in the statistics server's full report, those of SS2 included.
  public var counters: [Counter]
  public var peers: [Peer]
  /// Why no peer gets this node's sessions, as a sentence. `nil` if one does.
  public var aloneBecause: String?
  /// Sentences: what keeps nodes from taking over from each other.
  public var findings: [String] = []

  public struct Counter: Hashable, Sendable {
    public var name: String
    public var value: UInt64
  }
}

extension SessionProxy {
  public func status(now: Instant) -> ProxyStatus {
    ProxyStatus(
      standing: standing, format: format, node: node?.identity.number ?? 0, sessions: UInt64(node?.table.count ?? 0),
      bibEntries: UInt64(node?.table.bibCount ?? 0), legacyPeers: UInt64(neighbours.legacyCount(now: now)),
      counters: allCounters.map { ProxyStatus.Counter(name: $0.0, value: $0.1) },
      peers: (node?.peers.all ?? []).map { ProxyStatus.Peer($0, now: now) },
      aloneBecause: loneliness(now: now), findings: findings(now: now))
  }

  /// The statistics server's answer to whoever asks for `all`: the documented six, then ours.
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
    silence = UInt64(Milliseconds(peer.lastHeard.duration(to: now)).rawValue)
    missing = peer.stream.missingCount
    gaps = peer.stream.gaps
    lost = peer.stream.lost
  }
}

/// As lines of words, which is how it travels from the proxy to whoever asks.
extension ProxyStatus {
  package var text: String {
    var lines = [
      "state \(standing.state.rawValue)", "ready \(standing.isReady ? "yes" : "no")", "format \(format.rawValue)",
      "node \(node)", "sessions \(sessions)",
      "bib-entries \(bibEntries)", "legacy-peers \(legacyPeers)",
    ]
    lines += counters.map { "counter \($0.name) \($0.value)" }
    lines += peers.map { peer in
      "peer \(peer.node) \(peer.address) \(peer.state.rawValue) \(peer.sessions) \(peer.silence) \(peer.missing) "
        + "\(peer.gaps) \(peer.lost) \(peer.isReady ? "ready" : "not-ready")"
    }
    if let reason = standing.reason { lines.append("mending \(reason)") }
    if let aloneBecause { lines.append("alone \(aloneBecause)") }
    lines += findings.map { "finding \($0)" }
    return lines.joined(separator: "\n")
  }

  /// `nil` if it is not what `text` writes.
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
        aloneBecause = String(line.dropFirst("alone ".count))
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
    guard let state = single["state"].flatMap({ NodeStanding.State(rawValue: String($0)) }),
      let format = single["format"].flatMap({ WireFormat(rawValue: String($0)) }), let node = number("node"),
      let sessions = number("sessions"), let bibEntries = number("bib-entries"),
      let legacyPeers = number("legacy-peers")
    else { return nil }
    standing = NodeStanding(state, isReady: single["ready"] == "yes", because: reason)
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
