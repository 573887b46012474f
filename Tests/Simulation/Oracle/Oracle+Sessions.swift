import JoolCore

/// The checks of single nodes.
extension Oracle {
  /// Performs all checks.
  mutating func watch(_ nodes: inout [SimulatedNode], now: Moment) {
    var changed = false
    for node in nodes.indices where nodes[node].isUp && !nodes[node].isSuspended {
      guard nodes[node].isTouched || now - seen[node].lookedAt >= Self.rest else { continue }
      nodes[node].isTouched = false
      changed = true
      let lie = node == 1 ? scenario.lie : nil
      seen[node].look(at: nodes[node].core.table, plan, nodes[node].time(now), now: now, lie: lie)
    }
    noteVersions(nodes)
    watchRights(nodes, now: now)
    watchReadiness(nodes, now: now)
    watchStarts(nodes, now: now)
    for node in nodes.indices where nodes[node].unreadable > 0 {
      violate(.noTrap, now, node: node, "could not read a datagram of another node")
    }
    for node in nodes.indices where nodes[node].hasRefusedSnapshot {
      violate(.noTrap, now, node: node, "could not read its own snapshot")
    }
    watchWire(now)
    guard changed else { return }
    watchTruth(nodes, now: now)
    watchAgreement(nodes, now: now)
    for node in nodes.indices where isWatched(node, nodes) {
      watchEntitlement(node, nodes[node], now: now)
      watchGhosts(node, nodes[node], now: now)
      watchReturns(node, nodes[node], now: now)
      watchModule(node, nodes[node], now: now)
    }
  }

  private mutating func watchEntitlement(_ node: Int, _ simulated: SimulatedNode, now: Moment) {
    guard isOpen(.entitlement), calm(now) > .seconds(6 + pullTime), verdicts[node].state == .ready else { return }
    guard now - verdictsSince[node] > .seconds(1), haveMerged(now) else { return }
    let isModuleWatched = hasModuleSettled(node, simulated, now)
    let local = simulated.clock.local(now)
    for session in truths.indices {
      let truth = truths[session]
      guard truth.isOwed, truth.lastPacket < now - .seconds(4.5), truth.until > now + .seconds(1) else { continue }
      guard truth.node >= 0, areOneGroup(node, Int(truth.node)), !differ(node, Int(truth.node)) else { continue }
      let tolerance: Moment = .seconds(0.6) + drift(truth.until - truth.lastPacket)
      let row = seen[node].rows[session]
      // Other timeouts may have removed the session, but they do not change its state.
      if haveTimeoutsChanged, row.expires == 0 || row.mask != truth.mask { continue }
      // A node whose clocks stood holds a longer expiration, and sends no record until a packet exceeds that.
      let isShort = row.expires < truth.until - tolerance - suspended && !haveTimeoutsChanged
      if row.expires == 0, truth.until < now + tolerance + suspended { continue }
      if row.expires == 0 || row.mask != truth.mask || isShort {
        let left = (row.expires - truth.until).inSeconds
        violate(
          .entitlement, now, node: node,
          row.expires == 0
            ? "the table lacks \(plan.name(session)), last packet at \(truth.lastPacket.inSeconds) s"
            : "\(plan.name(session)) has mask \(row.mask) instead of \(truth.mask), and expires \(left) s late")
      } else if row.state != truth.state {
        violate(.entitlement, now, node: node, "\(plan.name(session)) has state \(row.state) instead of \(truth.state)")
      }
      guard isModuleWatched, !haveTimeoutsChanged, !simulated.module.isBarred(session, mask: Int(truth.mask)) else {
        continue
      }
      let entry = simulated.module.entries[session]
      // A flow through two nodes is sent once per quarter of its timeout, and packets of the module itself add no
      // slack.
      let isShared = truth.seenBy & (truth.seenBy - 1) != 0 && truth.seenBy >> UInt64(node) & 1 != 0
      let quarter = isShared ? (truth.until - truth.lastPacket) / 4 : 0
      // The module was given at most this time left, at some time since the run began.
      let most = SimulatedModule.immortal - now
      if entry.expires - local < min(truth.until - now - quarter - suspended, most) - tolerance
        || entry.expires > local && (entry.mask != truth.mask || entry.state != truth.state)
      {
        violate(
          .entitlement, now, node: node,
          """
          the module has \(plan.name(session)) with mask \(entry.mask) instead of \(truth.mask), state \(entry.state) \
          instead of \(truth.state) and \((entry.expires - local).inSeconds) s left instead of \
          \((truth.until - now).inSeconds) s
          """)
      }
    }
  }

  /// Whether the modules of two nodes have different timeouts.
  private func differ(_ node: Int, _ other: Int) -> Bool {
    node != other && (scenario.nodes[node].timeouts != scenario.nodes[other].timeouts || haveTimeoutsChanged)
  }

  private var haveTimeoutsChanged: Bool { limitsChanged >= 0 }

  /// Whether the module has had time to receive the sessions that it lacked.
  func hasModuleSettled(_ node: Int, _ simulated: SimulatedNode, _ now: Moment) -> Bool {
    !simulated.isMirror && !simulated.losesAnnouncements && now - moduleTrouble[node] > .seconds(8 + pullTime)
      && now - verdictsSince[node] > .seconds(5)
  }

  private mutating func watchGhosts(_ node: Int, _ simulated: SimulatedNode, now: Moment) {
    guard isOpen(.noGhosts), now - limitsChanged > .seconds(12) else { return }
    let local = simulated.clock.local(now)
    for session in truths.indices where truths[session].isKnown {
      let truth = truths[session]
      let longest = truth.latest - truth.lastPacket
      // A fetched table is delayed by as much as its frames, and the next node may fetch that table: once per node, and
      // once per start.
      let recent = beginnings.count { $0 >= truth.lastPacket && $0 <= now }
      let fetches = slowest > 0 ? Double(seen.count + 1 + recent) : 0
      let end = truth.latest + .seconds(1.1 + fetches * slowest + unnoticed) + suspended + drift(longest)
      if seen[node].rows[session].expires > 0, seen[node].rows[session].expires > end + Self.interval {
        violate(
          .noGhosts, now, node: node,
          """
          \(plan.name(session)) expires \((seen[node].rows[session].expires - end).inSeconds) s too late; \
          last packet at \(truth.lastPacket.inSeconds) s
          """)
      }
      let expires = simulated.module.entries[session].expires
      if expires > local, now + (expires - local) > end + .seconds(0.5), simulated.isAttached {
        violate(
          .noGhosts, now, node: node,
          "the module keeps \(plan.name(session)) \((now + expires - local - end).inSeconds) s too long")
      }
      // A module keeps to its own timeouts, whatever peers send. But it keeps the slack of former timeouts.
      let proto = plan.proto(of: session)
      let former = haveTimeoutsChanged ? longest / 4 : 0
      let own = simulated.module.timeout(proto, simulated.module.entries[session].timer) * 5 / 4 + former + .seconds(1)
      if expires - local > own + drift(own), now - moduleTrouble[node] > .seconds(12) {
        violate(
          .noGhosts, now, node: node, "the module has \(plan.name(session)) for longer than its own timeouts allow")
      }
    }
  }

  private mutating func watchModule(_ node: Int, _ simulated: SimulatedNode, now: Moment) {
    if simulated.module.removedStatics > 0 {
      violate(.moduleAgrees, now, node: node, "a static entry was removed")
    }
    guard isOpen(.moduleAgrees) || isOpen(.truthOfReady), verdicts[node].state == .ready,
      hasModuleSettled(node, simulated, now)
    else { return }
    let local = simulated.clock.local(now)
    let given = now - .seconds(4.8) - seen[node].present.count * simulated.moduleSpeed
    for number in seen[node].present {
      let session = Int(number)
      let row = seen[node].rows[session]
      guard row.since < given, row.expires > now + .seconds(1.5), !row.isLegacy || row.version != 0 else { continue }
      if simulated.module.isBarred(session, mask: Int(row.mask)) { continue }
      let entry = simulated.module.entries[session]
      if entry.expires > local, entry.mask != row.mask {
        violate(
          .moduleAgrees, now, node: node,
          "the module has mask \(entry.mask) for \(plan.name(session)), the table has \(row.mask)")
      } else if entry.expires <= local, !haveTimeoutsChanged, !hasDifferentTimeouts,
        truths[session].seenBy >> UInt64(node) & 1 == 0
      {
        let isOther = simulated.module.contradicts(session, mask: Int(row.mask))
        violate(
          isOther ? .moduleAgrees : .truthOfReady, now, node: node,
          "ready, but its module lacks \(plan.name(session))" + (isOther ? " and has a contradicting entry" : ""))
      }
    }
  }

  private var hasDifferentTimeouts: Bool { scenario.nodes.contains { $0.timeouts != scenario.nodes[0].timeouts } }
}
