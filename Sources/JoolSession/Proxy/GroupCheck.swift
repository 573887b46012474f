internal import JoolCore

/// Compares the settings of this node with those of its peers, and says what keeps one from taking over from another.
struct GroupCheck {
  /// A node, and what it is called in a finding.
  struct Member {
    var name: String
    var pool6: IPv6Prefix
    var settings: NodeSettings
    /// Whether it has been translating for a while: longer than two nodes do around a switch.
    var isTranslating: Bool
  }

  /// This node, which findings call `here`.
  private let here: Member
  private let ours: MaskRangeIndex
  /// How many more pairs of ranges may be compared. Peers choose their ranges, so that without a bound 64 forged ones could
  /// keep this node busy. Pools that are the same, or whose addresses differ, take next to nothing of it.
  private var steps: Int

  static let maxSteps = 1_000_000

  init(here: Member, steps: Int = Self.maxSteps) {
    self.here = here
    self.steps = steps
    ours = MaskRangeIndex(here.settings.pool4)
  }

  /// - Returns: sentences. None about pool4 if there are too many ranges to compare.
  mutating func findings(peer: Member) -> [String] {
    var found: [String] = []
    if here.pool6 != peer.pool6 {
      found.append(
        "pool6 is \(here.pool6) here and \(peer.pool6) at \(peer.name): neither has a use for the other's sessions.")
    }
    if !peer.settings.isEnabled {
      found.append("ss-enabled is off at \(peer.name): it neither tells sessions nor takes any.")
    }
    found += Self.timeouts(here.settings.limits, peer)
    if here.settings.isPool4Cut || peer.settings.isPool4Cut { return found }
    let (pool4, others) = (here.settings.pool4, peer.settings.pool4)
    for (member, ranges) in [("here", pool4), ("at \(peer.name)", others)] where ranges.isEmpty {
      found.append("pool4 is empty \(member): clients are masked with the node's own addresses, which stay with it.")
    }
    guard !pool4.isEmpty, !others.isEmpty else { return found }
    let theirs = MaskRangeIndex(others)
    if let lacking = Self.list(difference(pool4, theirs)) {
      found.append("pool4 of \(peer.name) lacks \(lacking): what is masked so here ends when \(peer.name) takes over.")
    }
    if let lacking = Self.list(difference(others, ours)) {
      found.append("pool4 lacks \(lacking) here: what \(peer.name) masks so ends when this node takes over.")
    }
    // With several marks each node may give out another part of a common pool4; the packets decide.
    let marks = Set((pool4 + others).map(\.mark))
    if here.isTranslating, peer.isTranslating, marks.count == 1,
      let common = Self.list(intersection(pool4, theirs))
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

  /// What others lack of some ranges. Nothing if there are too many to compare.
  private mutating func difference(_ some: [MaskRange], _ others: MaskRangeIndex) -> [MaskRange] {
    var rest: [MaskRange] = []
    for range in some where !others.contains(range) {
      var pieces = [range]
      let candidates = others.candidates(for: range)
      steps -= candidates.count
      guard steps > 0 else { return [] }
      for other in candidates where range.intersection(other) != nil {
        steps -= pieces.count
        guard steps > 0 else { return [] }
        pieces = pieces.flatMap { $0.subtracting(other) }
      }
      rest += pieces
    }
    return rest
  }

  /// What both have. Nothing if there are too many ranges to compare.
  private mutating func intersection(_ some: [MaskRange], _ others: MaskRangeIndex) -> [MaskRange] {
    var found: [MaskRange] = []
    for range in some {
      let candidates = others.candidates(for: range)
      steps -= candidates.count
      guard steps > 0 else { return [] }
      found += candidates.compactMap(range.intersection)
    }
    return found
  }

  /// The first ones by name. `nil` if there are none.
  private static func list(_ ranges: [MaskRange]) -> String? {
    guard !ranges.isEmpty else { return nil }
    let named = ranges.prefix(3).map(\.description).joined(separator: ", ")
    return ranges.count > 3 ? "\(named) and \(ranges.count - 3) more" : named
  }
}

extension SessionProxy {
  /// How long two nodes must have been translating at once to be a group in which both do.
  static let translationPatience = Duration.seconds(120)

  /// The module's pool4 was read: peers should know it.
  package mutating func tell(pool4: [MaskRange], now: Instant) {
    guard let kernel, format != .legacy else { return }
    let isTranslating = lastAnnouncement.map { now - $0 < SyncNode.translationMemory } ?? false
    translatingSince = isTranslating ? translatingSince ?? now : nil
    let settings = NodeSettings(
      isEnabled: kernel.isEnabled, isTranslating: isTranslating, limits: kernel.limits, pool4: pool4)
    node?.tell(settings, now: now)
  }

  /// What findings about peers are made of, so that they are made anew only when it changes.
  package struct GroupInputs: Equatable {
    /// `SyncNode.settingsHeard`.
    var settingsHeard = 0
    var alive: Set<Incarnation> = []
  }

  package func groupInputs(now: Instant) -> GroupInputs {
    GroupInputs(
      settingsHeard: node?.settingsHeard ?? 0,
      alive: Set((node?.peers.all ?? []).filter { $0.isAlive(at: now) }.map(\.incarnation)))
  }

  /// Looks for what keeps nodes from taking over from each other; `findings(now:)` has the result until the next time.
  package mutating func compareSettings(now: Instant) {
    groupFindings = []
    guard let node, let settings = node.told?.settings else { return }
    func isLong(_ since: Instant?) -> Bool { since.map { now - $0 >= Self.translationPatience } ?? false }
    var check = GroupCheck(
      here: GroupCheck.Member(
        name: "here", pool6: node.table.pool6, settings: settings, isTranslating: isLong(translatingSince)))
    for peer in node.peers.all where peer.isAlive(at: now) {
      guard let settings = peer.settings.settings else { continue }
      groupFindings += check.findings(
        peer: GroupCheck.Member(
          name: peer.address.map(\.description) ?? "a peer", pool6: peer.hello.pool6, settings: settings,
          isTranslating: isLong(peer.settings.translatingSince)))
    }
  }

  /// Sentences about what an administrator should mend. Cheap: keepalived asks for the status every second.
  package func findings(now: Instant) -> [String] {
    var findings = groupFindings + copies(now: now) + sending.findings(now: now) + unheardBy(now: now)
    findings += otherVersions.findings(now: now)
    if seal?.isFull == true {
      findings.append(
        "\(FrameSeal.maxIncarnations) starts of peers were trusted since this proxy started, and there is no room for more: "
          + "peers that start now are not heard. Give the group a new key and remove the old one, or restart this proxy."
      )
    }
    if let staticFinding { findings.append(staticFinding) }
    return findings
  }
}
