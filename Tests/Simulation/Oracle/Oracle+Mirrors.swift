/// The checks of mirrors, and what holds for groups with mirrors.
extension Oracle {
  /// The time for which a mirror must have been received, so that it is the first of nodes that start together.
  private static let company: Moment = 1_500_000

  /// A starting mirror with the sessions of a snapshot that a node has received for a while.
  ///
  /// The mirror should be the first, so that its table becomes the group's. But if a node has ended since the mirror's
  /// start, that node's last hello may mention nodes with a table for five more seconds.
  func keptMirror(of node: Int, now: Moment) -> Int? {
    guard !scenario.nodes[node].isMirror, !isAnyLinkFaulty(now) else { return nil }
    return verdicts.indices.first { peer in
      let heard = hellos[peer * verdicts.count + node]
      return hasKeptTable[peer] && verdicts[peer].state == .starting && areOneGroup(node, peer)
        && heard.since < now - Self.company && heard.lastArrival > now - .seconds(1.3) && lastEnd <= verdictsSince[peer]
    }
  }

  /// The time since which peers should have what a mirror has kept: they find it by digests, at the second hello after
  /// the mirror has become ready.
  func keptSince(_ node: Int) -> Moment {
    hasKeptTable[node] && tableSince[node] < .max ? tableSince[node] + Self.digestTime : 0
  }

  /// Whether a session is one that a mirror has kept, and may not have reached all nodes because links fail.
  ///
  /// Such sessions are found by digests alone, which pause for up to 64 s.
  func mayBeFoundLate(_ row: SeenTable.Row, now: Moment) -> Bool {
    hasKeptTable.contains(true) && row.since - NodeUnderTest.said(row.version) > .seconds(2) && isAnyLinkFaulty(now)
  }

  /// Whether peers have had the time to get from all mirrors what these have kept.
  func haveMerged(_ now: Moment) -> Bool { verdicts.indices.allSatisfy { keptSince($0) + .seconds(2.5) < now } }

  private static let digestTime: Moment = 1_500_000

  /// Whether a removal may be older than the record of a packet before it, because the clocks of a machine stood.
  func isOutrun(_ removal: UInt64, _ nodes: [SimulatedNode], now: Moment) -> Bool {
    let latest = nodes.filter(\.isUp).map { $0.wallMoment(now) }.max() ?? 0
    return suspended > 0 && NodeUnderTest.said(removal) < latest - .seconds(0.1)
  }

  /// Whether a node gives its records versions below those of its peers.
  ///
  /// A node that receives from no peer relies on the time of day for that. So if its clock is hours behind, older records
  /// win once it meets those that have them.
  func isBehind(_ node: SimulatedNode, now: Moment) -> Bool {
    guard scenario.nodes.contains(where: { abs($0.wallSkew) > 1 }), scenario.nodes.contains(where: \.isMirror) else {
      return false
    }
    let clock = max(NodeUnderTest.said(node.core.latestVersion), node.wallMoment(now))
    return NodeUnderTest.said(greatestVersion) - clock > .seconds(2)
  }

  /// Notes a packet at a node that may be behind.
  ///
  /// Its records of the session may lose. It sends the next one up to a quarter of the timeout later.
  mutating func notePacket(_ session: Int, at node: SimulatedNode, now: Moment) {
    if isBehind(node, now: now) { truths[session].behindAt = now }
    let quarter = (truths[session].until - truths[session].lastPacket) / 4
    if now - truths[session].behindAt <= quarter { truths[session].isOwed = false }
  }

  /// Notes the highest version that any node knows.
  mutating func noteVersions(_ nodes: [SimulatedNode]) {
    for node in nodes where node.isUp { greatestVersion = max(greatestVersion, node.core.latestVersion) }
  }

  private func isAnyLinkFaulty(_ now: Moment) -> Bool {
    scenario.faults.contains { fault in
      switch fault.kind {
      case .loss, .cut, .delay, .bandwidth:
        .seconds(fault.at) <= now && now <= .seconds(fault.at + fault.lasts + 10)
      default: false
      }
    }
  }
}
