internal import JoolCore

/// The settings that peers compare, and the problems that an administrator should know.
extension SessionProxy {
  /// The time for which two nodes must have been translating at once to count as a group in which both translate.
  static let translationTimeout = TimeAmount.seconds(120)

  /// Updates the settings that the node advertises to its peers, with the pool4 that was read from the module.
  ///
  /// It has no effect in the C proxies' format, or before the module was seen.
  mutating func advertise(pool4: [MaskRange], now: Instant) {
    guard let kernel = module.kernel, format != .legacy else { return }
    let isTranslating = module.lastAnnouncement.map { now - $0 < ModuleState.translationMemory } ?? false
    module.translatingSince = isTranslating ? module.translatingSince ?? now : nil
    let settings = NodeSettings(
      isEnabled: kernel.isEnabled, isTranslating: isTranslating, limits: kernel.limits, pool4: pool4)
    node?.transmitter.settings.advertise(settings, now: now)
  }

  /// The inputs of the findings about peers.
  ///
  /// The findings are computed again only when these change.
  struct GroupInputs: Equatable {
    /// The value of `SyncNode.settingsReceived`.
    var settingsReceived = 0
    /// The peers that have not timed out.
    var alive: Set<Incarnation> = []
  }

  /// The present inputs of the findings about peers.
  func groupInputs(now: Instant) -> GroupInputs {
    GroupInputs(
      settingsReceived: node?.transmitter.settings.received ?? 0,
      alive: Set((node?.peers.all ?? []).filter { $0.isAlive(at: now) }.map(\.incarnation)))
  }

  /// Looks for settings that prevent nodes from taking over from each other.
  ///
  /// `findings(now:)` returns the result until the next comparison.
  mutating func compareSettings(now: Instant) {
    health.compatibility = []
    guard let node, let settings = node.transmitter.settings.own else { return }
    func isLong(_ since: Instant?) -> Bool { since.map { now - $0 >= Self.translationTimeout } ?? false }
    var check = CompatibilityCheck(
      here: CompatibilityCheck.Member(
        name: "here", pool6: node.table.pool6, settings: settings, isTranslating: isLong(module.translatingSince)))
    for peer in node.peers.all where peer.isAlive(at: now) {
      guard let settings = peer.settings.settings else { continue }
      health.compatibility += check.findings(
        peer: CompatibilityCheck.Member(
          name: peer.address.map(\.description) ?? "a peer", pool6: peer.hello.pool6, settings: settings,
          isTranslating: isLong(peer.settings.translatingSince)))
    }
  }

  /// The problems that an administrator should fix, as sentences.
  ///
  /// This must be cheap, because keepalived requests the status every second.
  func findings(now: Instant) -> [String] {
    var findings = health.compatibility + copies(now: now) + health.sending.findings(now: now)
    findings += unreachedPeers(now: now)
    findings += health.otherVersions.findings(now: now)
    if seal?.isFull == true {
      findings.append(
        "Peers have started \(FrameSeal.maxIncarnations) times since this proxy started. The seal has no room "
          + "for more, so frames of peers that start now are rejected. "
          + "Give the group a new key and remove the old one, or restart this proxy."
      )
    }
    findings += mirrorFindings
    if let staticFinding { findings.append(staticFinding) }
    return findings
  }

  /// The problems that the previous call did not return.
  package mutating func newFindings(now: Instant) -> [String] { health.news(in: findings(now: now)) }

  /// The failures to send, link by link.
  package var sending: SendHealth {
    get { health.sending }
    _modify { yield &health.sending }
  }
}
