internal import JoolCore

/// Compares the settings of this node with those of its peers, and reports what prevents one from taking over from
/// another.
struct CompatibilityCheck {
  /// A node with its settings, and with the name that findings use for it.
  struct Member {
    var name: String
    var pool6: IPv6Prefix
    var settings: NodeSettings
    /// Whether it has been translating for longer than two nodes do at once around a switchover.
    var isTranslating: Bool
  }

  /// This node, which findings call `here`.
  private let here: Member
  private let ours: MaskRangeIndex
  /// The number of pairs of ranges that may still be compared.
  ///
  /// Without this bound, 64 forged peers could keep this node busy, because peers choose their ranges. Pools that are
  /// equal, or whose addresses differ, need almost none of it.
  private var steps: Int

  static let maxSteps = 1_000_000

  init(here: Member, steps: Int = Self.maxSteps) {
    self.here = here
    self.steps = steps
    ours = MaskRangeIndex(here.settings.pool4)
  }

  /// Compares this node's settings with those of a peer.
  /// - Returns: the findings, as sentences. Those that compare pool4 are left out if there are too many ranges to
  ///   compare.
  mutating func findings(peer: Member) -> [String] {
    var found: [String] = []
    if here.pool6 != peer.pool6 {
      found.append(
        "pool6 is \(here.pool6) here and \(peer.pool6) at \(peer.name), so these nodes exchange no sessions "
          + "and cannot take over from each other. Give both instances the same pool6.")
    }
    if !peer.settings.isEnabled {
      found.append(
        "ss-enabled is off at \(peer.name), so that node neither sends nor accepts sessions. "
          + "Run there: jool global update ss-enabled true")
    }
    found += Self.timeouts(here.settings.limits, peer)
    if here.settings.isPool4Cut || peer.settings.isPool4Cut { return found }
    let (pool4, others) = (here.settings.pool4, peer.settings.pool4)
    for (member, ranges) in [("here", pool4), ("at \(peer.name)", others)] where ranges.isEmpty {
      found.append(
        "pool4 is empty \(member), so clients get masks of that node's own addresses, and their sessions will break "
          + "on failover. Add addresses that all nodes of the group share: jool pool4 add")
    }
    guard !pool4.isEmpty, !others.isEmpty else { return found }
    let theirs = MaskRangeIndex(others)
    if let lacking = Self.list(difference(pool4, theirs)) {
      found.append(
        "\(peer.name)'s pool4 lacks \(lacking); sessions that use it here will break on failover to \(peer.name).")
    }
    if let lacking = Self.list(difference(others, ours)) {
      found.append(
        "This node's pool4 lacks \(lacking); sessions that use it at \(peer.name) will break on failover to this node.")
    }
    // With several marks, the mark of a packet selects a part of pool4. So two nodes with a common pool4 may use
    // different parts of it.
    let marks = Set((pool4 + others).map(\.mark))
    if here.isTranslating, peer.isTranslating, marks.count == 1,
      let common = Self.list(intersection(pool4, theirs))
    {
      found.append(
        "This node and \(peer.name) both translate, and both give out \(common), "
          + "so clients of both may get the same mask. Give each node a range of its own, with marks.")
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
      return "\(name) is \(seconds(ours)) here and \(seconds(theirs)) at \(peer.name). "
        + "The node with the shorter timeout expires idle sessions earlier, so they are lost if it takes over. "
        + "Set the same \(name) on both nodes."
    }
  }

  private static func seconds(_ time: Milliseconds) -> String {
    time.rawValue % 1000 == 0 ? "\(time.rawValue / 1000) s" : "\(Double(time.rawValue) / 1000) s"
  }

  /// The parts of `some` that `others` lacks.
  ///
  /// Empty if there are too many ranges to compare.
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

  /// The parts that both have.
  ///
  /// Empty if there are too many ranges to compare.
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

  /// The first three ranges as text, and the number of the others.
  ///
  /// `nil` if there are no ranges.
  private static func list(_ ranges: [MaskRange]) -> String? {
    guard !ranges.isEmpty else { return nil }
    let named = ranges.prefix(3).map(\.description).joined(separator: ", ")
    return ranges.count > 3 ? "\(named) and \(ranges.count - 3) more" : named
  }
}

extension SessionProxy {
  /// The time for which two nodes must have been translating at once to count as a group in which both translate.
  static let translationTimeout = Duration.seconds(120)

  /// Updates the settings that the node advertises to its peers, with the pool4 that was read from the module.
  ///
  /// It has no effect in the C proxies' format, or before the module was seen.
  package mutating func advertise(pool4: [MaskRange], now: Instant) {
    guard let kernel, format != .legacy else { return }
    let isTranslating = lastAnnouncement.map { now - $0 < ModuleState.translationMemory } ?? false
    translatingSince = isTranslating ? translatingSince ?? now : nil
    let settings = NodeSettings(
      isEnabled: kernel.isEnabled, isTranslating: isTranslating, limits: kernel.limits, pool4: pool4)
    node?.transmitter.settings.advertise(settings, now: now)
  }

  /// The inputs of the findings about peers.
  ///
  /// The findings are computed again only when these change.
  package struct GroupInputs: Equatable {
    /// The value of `SyncNode.settingsReceived`.
    var settingsReceived = 0
    /// The peers that have not timed out.
    var alive: Set<Incarnation> = []
  }

  /// The present inputs of the findings about peers.
  package func groupInputs(now: Instant) -> GroupInputs {
    GroupInputs(
      settingsReceived: node?.transmitter.settings.received ?? 0,
      alive: Set((node?.peers.all ?? []).filter { $0.isAlive(at: now) }.map(\.incarnation)))
  }

  /// Looks for settings that prevent nodes from taking over from each other.
  ///
  /// `findings(now:)` returns the result until the next comparison.
  package mutating func compareSettings(now: Instant) {
    compatibilityFindings = []
    guard let node, let settings = node.transmitter.settings.own else { return }
    func isLong(_ since: Instant?) -> Bool { since.map { now - $0 >= Self.translationTimeout } ?? false }
    var check = CompatibilityCheck(
      here: CompatibilityCheck.Member(
        name: "here", pool6: node.table.pool6, settings: settings, isTranslating: isLong(translatingSince)))
    for peer in node.peers.all where peer.isAlive(at: now) {
      guard let settings = peer.settings.settings else { continue }
      compatibilityFindings += check.findings(
        peer: CompatibilityCheck.Member(
          name: peer.address.map(\.description) ?? "a peer", pool6: peer.hello.pool6, settings: settings,
          isTranslating: isLong(peer.settings.translatingSince)))
    }
  }

  /// The problems that an administrator should fix, as sentences.
  ///
  /// This must be cheap, because keepalived requests the status every second.
  package func findings(now: Instant) -> [String] {
    var findings = compatibilityFindings + copies(now: now) + sending.findings(now: now) + unreachedPeers(now: now)
    findings += otherVersions.findings(now: now)
    if seal?.isFull == true {
      findings.append(
        "Peers have started \(FrameSeal.maxIncarnations) times since this proxy started. The seal has no room "
          + "for more, so frames of peers that start now are rejected. "
          + "Give the group a new key and remove the old one, or restart this proxy."
      )
    }
    if let staticFinding { findings.append(staticFinding) }
    return findings
  }
}
