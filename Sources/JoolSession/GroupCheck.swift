internal import JoolCore

/// Compares the settings of nodes, and says what keeps one from taking over from another.
enum GroupCheck {
  /// A node, and what it is called in a finding.
  struct Member {
    var name: String
    var pool6: IPv6Prefix
    var settings: NodeSettings
    /// Whether it has been translating for a while: longer than two nodes do around a switch.
    var isTranslating: Bool
  }

  /// - Parameter here: this node, which findings call `here`.
  static func findings(here: Member, peer: Member) -> [String] {
    var found: [String] = []
    if here.pool6 != peer.pool6 {
      found.append(
        "pool6 is \(here.pool6) here and \(peer.pool6) at \(peer.name): neither has a use for the other's sessions.")
    }
    if !peer.settings.isEnabled {
      found.append("ss-enabled is off at \(peer.name): it neither tells sessions nor takes any.")
    }
    found += timeouts(here.settings.limits, peer)
    if here.settings.isPool4Cut || peer.settings.isPool4Cut { return found }
    let (ours, theirs) = (here.settings.pool4, peer.settings.pool4)
    for (member, ranges) in [("here", ours), ("at \(peer.name)", theirs)] where ranges.isEmpty {
      found.append("pool4 is empty \(member): clients are masked with the node's own addresses, which stay with it.")
    }
    guard !ours.isEmpty, !theirs.isEmpty else { return found }
    if let lacking = list(difference(ours, theirs)) {
      found.append("pool4 of \(peer.name) lacks \(lacking): what is masked so here ends when \(peer.name) takes over.")
    }
    if let lacking = list(difference(theirs, ours)) {
      found.append("pool4 lacks \(lacking) here: what \(peer.name) masks so ends when this node takes over.")
    }
    // With several marks each node may give out another part of a common pool4; the packets decide.
    let marks = Set((ours + theirs).map(\.mark))
    if here.isTranslating, peer.isTranslating, marks.count == 1,
      let common = list(ours.flatMap { range in theirs.compactMap(range.intersection) })
    {
      found.append(
        "This node and \(peer.name) both translate, and both give out \(common): "
          + "clients of both may get the same mask. Give each node a range of its own, by marks.")
    }
    return found
  }

  private static func timeouts(_ limits: SessionLimits, _ peer: Member) -> [String] {
    let names: [(String, KeyPath<SessionLimits, Milliseconds>)] = [
      ("tcp-est-timeout", \.tcpEstablished), ("tcp-trans-timeout", \.tcpTransitory), ("udp-timeout", \.udp),
      ("icmp-timeout", \.icmp),
    ]
    return names.compactMap { name, path in
      let (ours, theirs) = (limits[keyPath: path], peer.settings.limits[keyPath: path])
      guard ours != theirs else { return nil }
      return "\(name) is \(seconds(ours)) here and \(seconds(theirs)) at \(peer.name): "
        + "sessions live shorter where it is less, and end early when that node takes over."
    }
  }

  private static func seconds(_ time: Milliseconds) -> String {
    time.rawValue % 1000 == 0 ? "\(time.rawValue / 1000) s" : "\(Double(time.rawValue) / 1000) s"
  }

  /// Nothing if that would take long: somebody could send ranges that cut each other into millions of pieces.
  private static func difference(_ some: [MaskRange], _ others: [MaskRange]) -> [MaskRange] {
    var rest: [MaskRange] = []
    var steps = 0
    for range in some {
      var pieces = [range]
      for other in others where range.intersection(other) != nil {
        steps += pieces.count
        guard steps < maxSteps else { return [] }
        pieces = pieces.flatMap { $0.subtracting(other) }
      }
      rest += pieces
    }
    return rest
  }

  /// A hundred times what two pools of the most ranges that are told take if they are the same.
  private static let maxSteps = 100 * NodeSettings.maxRanges

  /// The first ones by name. `nil` if there are none.
  private static func list(_ ranges: [MaskRange]) -> String? {
    guard !ranges.isEmpty else { return nil }
    let named = ranges.prefix(3).map(\.description).joined(separator: ", ")
    return ranges.count > 3 ? "\(named) and \(ranges.count - 3) more" : named
  }
}

extension SessionProxy {
  /// How long after its last announcement a module counts as one that translates.
  static let translationMemory = Duration.seconds(30)
  /// How long two nodes must have been translating at once to be a group in which both do.
  static let translationPatience = Duration.seconds(120)

  /// The module's pool4 was read: peers should know it.
  mutating func tell(pool4: [Pool4Entry], now: Instant) {
    guard let kernel, format != .legacy else { return }
    let isTranslating = lastAnnouncement.map { now - $0 < Self.translationMemory } ?? false
    translatingSince = isTranslating ? translatingSince ?? now : nil
    let settings = NodeSettings(
      isEnabled: kernel.isEnabled, isTranslating: isTranslating, limits: kernel.limits, pool4: MaskRange.merging(pool4))
    node?.tell(settings, now: now)
  }

  /// What keeps nodes from taking over from each other.
  func findings(now: Instant) -> [String] {
    guard let node, let settings = node.told?.settings else { return [] }
    func isLong(_ since: Instant?) -> Bool { since.map { now - $0 >= Self.translationPatience } ?? false }
    let here = GroupCheck.Member(
      name: "here", pool6: node.table.pool6, settings: settings, isTranslating: isLong(translatingSince))
    return node.peers.sorted { $0.key < $1.key }.flatMap { _, peer -> [String] in
      guard peer.isAlive(at: now), let hello = peer.hello, let settings = peer.settings.settings else { return [] }
      let name = peer.address.map(\.description) ?? "a peer"
      let there = GroupCheck.Member(
        name: name, pool6: hello.pool6, settings: settings, isTranslating: isLong(peer.settings.translatingSince))
      return GroupCheck.findings(here: here, peer: there)
    }
  }
}
