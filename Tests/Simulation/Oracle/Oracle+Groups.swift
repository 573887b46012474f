import JoolCore

/// The checks that compare nodes.
extension Oracle {
  /// Notes whether any node has the right to the addresses.
  mutating func noteRights(_ now: Moment) {
    let somebody = verdicts.contains { $0.may }
    if somebody {
      nobodySince = nil
      hadSomebody = true
    } else {
      nobodySince = nobodySince ?? now
    }
  }

  mutating func watchRights(_ nodes: [SimulatedNode], now: Moment) {
    guard hadSomebody, let nobodySince else { return }
    let works = nodes.indices.contains {
      nodes[$0].isRunning && nodes[$0].isAttached && hadRight[$0]
        && (verdicts[$0].state == .mending || verdicts[$0].state == .ready)
    }
    let patience: Moment = now - lastDeath < .seconds(7) ? .seconds(6.2) : .seconds(0.2)
    // While no node works, none can have the addresses.
    if !works { self.nobodySince = now }
    if works, now - nobodySince > patience {
      violate(.somebodyMay, now, node: nil, "no node has had the right since \(nobodySince.inSeconds) s")
    }
  }

  /// Checks that all nodes are ready after some calm.
  ///
  /// A mending source may have to be followed by another one, which takes three pulls.
  mutating func watchReadiness(_ nodes: [SimulatedNode], now: Moment) {
    guard isOpen(.backInTime), calm(now) > .seconds(max(5, 3 + 3 * pullTime) + 2) else { return }
    for node in nodes.indices
    where nodes[node].isRunning && nodes[node].isAttached && canKnowPool6(node, nodes) {
      if verdicts[node].state != .ready, now - verdictsSince[node] > .seconds(3 + 3 * pullTime) || !wasReady(node, now)
      {
        violate(
          .backInTime, now, node: node,
          "\(verdicts[node].state) since \(verdictsSince[node].inSeconds) s, calm for \(calm(now).inSeconds) s")
      }
    }
  }

  /// Whether a node can have a table: a mirror must have received a node that has one.
  private func canKnowPool6(_ node: Int, _ nodes: [SimulatedNode]) -> Bool {
    !nodes[node].isMirror || nodes[node].core.knowsPool6
      || nodes.indices.contains {
        $0 != node && areOneGroup($0, node) && nodes[$0].isRunning && nodes[$0].core.knowsPool6
      }
  }

  private func wasReady(_ node: Int, _ now: Moment) -> Bool {
    verdictsSince[node] > lastTrouble + .seconds(max(5, 3 + 3 * pullTime) + 1)
  }

  /// Checks that ready nodes have the sessions that the nodes they receive have had for a while.
  mutating func watchTruth(_ nodes: [SimulatedNode], now: Moment) {
    guard isOpen(.truthOfReady) else { return }
    let count = nodes.count
    for node in nodes.indices where isWatched(node, nodes) && verdicts[node].state == .ready {
      for peer in 0..<count where peer != node && areOneGroup(node, peer) && usesSS2(peer) {
        let (heard, hears) = (hellos[peer * count + node], hellos[node * count + peer])
        // A node that has sent no hello since it received this one is no peer.
        guard now - heard.lastArrival < .seconds(2), heard.haveAnswered,
          seen[peer].lookedAt >= 0,
          verdicts[peer].state == .ready || verdicts[peer].state == .mending,
          let told = heard.sent(arrivedBefore: now - .seconds(1.6)), told > hears.since,
          now - verdictsSince[node] > .seconds(1.6)
            || heard.since < verdictsSince[node] - .seconds(0.5)
        else { continue }
        compareTruth(node, with: peer, before: told - 600_000, nodes, now: now)
      }
    }
  }

  func isWatched(_ node: Int, _ nodes: [SimulatedNode]) -> Bool {
    nodes[node].isRunning && nodes[node].isAttached && usesSS2(node) && seen[node].lookedAt >= 0
  }

  private mutating func compareTruth(
    _ node: Int, with peer: Int, before told: Moment, _ nodes: [SimulatedNode], now: Moment
  ) {
    var missing = 0
    var outdated = 0
    var example = 0
    for number in seen[peer].present {
      let session = Int(number)
      let theirs = seen[peer].rows[session]
      guard max(theirs.since, keptSince(peer)) < told, theirs.expires > now + .seconds(2), theirs.version != 0
      else { continue }
      let ours = seen[node].rows[session]
      let isMissing = ours.expires == 0
      if isMissing {
        // A suspension may have ended since the last look.
        if theirs.expires <= now + suspended(since: theirs.since - 2 * Self.interval) { continue }
        let proto = plan.proto(of: session)
        if let removal = seen[node].removals[plan.bib(of: session)], removal.version >= theirs.version { continue }
        // A rival may have won here. If that is permanent, `agreement` reports it.
        if seen[node].owners[proto * plan.masks + Int(theirs.mask)] >= 0 { continue }
        if seen[node].masks[plan.bib(of: session)] >= 0 { continue }
        if ours.since > told - .seconds(1), ours.since > 0 { continue }
      } else if theirs.version <= ours.version || ours.since >= told {
        continue
      }
      if isLastWord(theirs.version, now) || mayBeFoundLate(theirs, now: now) { continue }
      if isMissing { missing += 1 } else { outdated += 1 }
      example = session
    }
    guard missing + outdated > 0 else { return }
    violate(
      .truthOfReady, now, node: node,
      "ready, but lacks \(missing) sessions of node \(peer) and has \(outdated) outdated ones, as \(plan.name(example))"
    )
  }

  /// Whether a record was sent just before its author ended or was cut off.
  ///
  /// Some nodes may then have it although no hello of the author has confirmed it, and none of them mentions it before
  /// tables are compared.
  private func isLastWord(_ version: UInt64, _ now: Moment) -> Bool {
    let said = NodeUnderTest.said(version)
    return partings.contains { $0 > now - .seconds(15) && said < $0 + .seconds(0.1) && said > $0 - .seconds(3) }
  }

  /// Checks that tables are equal after some calm.
  mutating func watchAgreement(_ nodes: [SimulatedNode], now: Moment) {
    guard isOpen(.agreement), calm(now) > .seconds(5 + pullTime) else { return }
    let watched = nodes.indices.filter { isWatched($0, nodes) && verdicts[$0].state == .ready }
    for (place, node) in watched.enumerated() {
      for peer in watched[(place + 1)...] where areOneGroup(node, peer) { compare(node, with: peer, now: now) }
    }
  }

  private mutating func compare(_ node: Int, with peer: Int, now: Moment) {
    let settled = now - .seconds(2.5)
    guard isOpen(.agreement) else { return }
    for bib in removals.keys.sorted() {
      guard let removal = removals[bib], now - removal.at > .seconds(10) else { continue }
      let (one, other) = (seen[node].removals[bib], seen[peer].removals[bib])
      // A node whose clocks stood remembers a removal longer, as it does a session.
      let tolerance = .seconds(3) + suspended(since: removal.at) + drift(now - removal.at)
      guard one?.version != other?.version, max(one?.end ?? 0, other?.end ?? 0) > now + tolerance else { continue }
      violate(
        .agreement, now, node: node,
        "\(plan.name(bib * plan.servers)): the removals differ from those of node \(peer)")
    }
    for (one, other) in [(node, peer), (peer, node)] {
      for number in seen[one].present {
        let session = Int(number)
        let (row, mate) = (seen[one].rows[session], seen[other].rows[session])
        guard max(row.since, mate.since, keptSince(one), keptSince(other)) < settled,
          row.expires > now + .seconds(1.5)
        else { continue }
        if mate.expires == 0 {
          // A session that has expired by other clocks is fetched again, but not repeatedly.
          if row.expires <= now + suspended(since: row.since - 2 * Self.interval) { continue }
          violate(.agreement, now, node: other, "lacks \(plan.name(session)), which node \(one) has")
        } else if row.mask != mate.mask || row.state != mate.state {
          violate(.agreement, now, node: node, "\(plan.name(session)): masks or states differ from node \(peer)")
        } else if row.version != mate.version {
          violate(.agreement, now, node: node, "\(plan.name(session)): versions differ from node \(peer)")
        } else if abs(row.expires - mate.expires) > .seconds(0.4 + slowest * fetches) + suspended
          + drift(row.expires - now)
        {
          violate(
            .agreement, now, node: node,
            "\(plan.name(session)): expiry differs from node \(peer) by \(abs(row.expires - mate.expires).inSeconds) s")
        }
      }
    }
  }

  /// The most by which clocks diverge in some time.
  func drift(_ time: Moment) -> Moment {
    let most = scenario.nodes.map { abs($0.drift) }.max() ?? 0
    return Moment(Double(max(time, 0)) * most * 2 / 1_000_000) + (most > 0 ? .seconds(0.2) : 0)
  }
}
