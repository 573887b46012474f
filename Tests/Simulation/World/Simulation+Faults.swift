import JoolCore

/// The start and the end of faults.
extension Simulation {
  mutating func begin(_ number: Int) {
    let fault = scenario.faults[number]
    trace("begins: \(fault.text)")
    if !fault.isWeather {
      oracle.wire.reset(now)
      if fault.lasts > 0 { oracle.troubles += 1 } else { oracle.lastTrouble = now }
    }
    switch fault.kind {
    case .loss, .cut, .duplicate, .delay, .bandwidth:
      network.begin(number, fault.kind)
      if !fault.isWeather {
        oracle.links.begins(now)
        oracle.lastDeath = now
      }
    case .restartProxy(let node), .restartHost(let node):
      oracle.ends(node, now: now)
      nodes[node].isUp = false
      oracle.look(at: node, verdict(of: node), now: now)
      nodes[node].disk.stopWriting(isRunning: !nodes[node].isPaused && !nodes[node].isSuspended, now)
      if case .restartHost = fault.kind {
        nodes[node].module.removeAll()
        nodes[node].boots += 1
      }
      oracle.forgetWhatIsLost(nodes, now: now)
      if fault.lasts == 0 { startAgain(node) }
    case .pause(let node):
      oracle.ends(node, now: now)
      nodes[node].isPaused = true
    case .suspend(let node):
      oracle.ends(node, now: now)
      nodes[node].isSuspended = true
      nodes[node].clock.stop(now)
    case .snapshot(let node): snapshots[node] = (nodes[node], now)
    case .resume(let node): resume(node)
    case .clone(let node, let copy): clone(node, as: copy)
    case .moduleGone(let node):
      guard nodes[node].isAttached, !nodes[node].isMirror else { return }
      oracle.ends(node, now: now)
      oracle.moduleTrouble[node] = now
      nodes[node].isAttached = false
      oracle.forgetWhatIsLost(nodes, now: now)
      nodes[node].core.detach(nodes[node].time(now))
      // The event loop notices it in the middle of a turn.
      if nodes[node].isRunning { wake(node, at: now) }
      oracle.look(at: node, verdict(of: node), now: now)
    case .overrun(let node):
      guard !nodes[node].isMirror else { return }
      oracle.moduleTrouble[node] = now
      nodes[node].losesAnnouncements = true
      oracle.overruns[node] = now
      if fault.lasts == 0 { overrun(node) }
    case .staticBinding(let node, let client, let mask):
      oracle.moduleTrouble[node] = now
      nodes[node].module.bind(proto: 1, client: client, mask: mask)
    case .timeouts(let node, let timeouts):
      former[number] = (nodes[node].module.timeouts, 0)
      change(node, to: timeouts)
    case .moduleSpeed(let node, let microseconds):
      former[number] = (nodes[node].module.timeouts, nodes[node].moduleSpeed)
      nodes[node].moduleSpeed = microseconds
    case .loseSnapshots(let node):
      nodes[node].disk.lose()
      oracle.forgetWhatIsLost(nodes, now: now)
    case .remove(let node, let proto, let client): remove(client, proto: proto, at: node)
    case .takeover(let node):
      if oracle.verdicts[node].may, nodes[node].isRunning, nodes[node].isAttached { active = node }
    case .flood(let kind, let node, let rate):
      if [.naks, .pulls, .compares].contains(kind) { oracle.floodRate += rate }
      floods.append((number, kind, node, 1_000_000 / max(rate, 1), now))
    case .lies(let node): liars.append((number, node, now))
    }
  }

  mutating func end(_ number: Int) {
    let fault = scenario.faults[number]
    trace("ends: \(fault.text)")
    if !fault.isWeather {
      oracle.troubles -= 1
      oracle.lastTrouble = now
      oracle.wire.reset(now)
    }
    switch fault.kind {
    case .loss, .cut, .duplicate, .delay, .bandwidth:
      network.end(number)
      if !fault.isWeather { oracle.links.ends(now) }
    case .pause(let node):
      nodes[node].isPaused = false
      oracle.lastDeath = now
      wake(node, at: now)
    case .suspend(let node):
      nodes[node].isSuspended = false
      nodes[node].clock.go(now)
      oracle.clocksGoOn(after: .seconds(fault.lasts), now: now)
      oracle.moduleTrouble[node] = now
      oracle.lastDeath = now
      wake(node, at: now)
    case .moduleGone(let node):
      // Another fault that detached the module has ended already.
      guard !nodes[node].isAttached else { return }
      nodes[node].isAttached = true
      nodes[node].module.removeAll()
      oracle.moduleTrouble[node] = now
      oracle.lastDeath = now
      if nodes[node].isUp { nodes[node].core.attach(nodes[node].module.timeouts, nodes[node].time(now)) }
      wake(node, at: now)
    case .timeouts(let node, _): if let (timeouts, _) = former[number] { change(node, to: timeouts) }
    case .moduleSpeed(let node, _): if let (_, speed) = former[number] { nodes[node].moduleSpeed = speed }
    case .flood(let kind, _, let rate):
      floods.removeAll { $0.number == number }
      if [.naks, .pulls, .compares].contains(kind) { oracle.floodRate -= rate }
    case .lies: liars.removeAll { $0.number == number }
    case .restartProxy(let node), .restartHost(let node): startAgain(node)
    case .overrun(let node): overrun(node)
    case .snapshot, .resume, .clone, .staticBinding, .loseSnapshots, .remove, .takeover: break
    }
  }

  /// Removes the mapping of a client on behalf of an administrator.
  private mutating func remove(_ client: Int, proto: Int, at node: Int) {
    // The traffic of that client may have been dropped from the scenario.
    guard nodes[node].isRunning, nodes[node].isAttached, client < plan.clients else { return }
    let time = nodes[node].time(now)
    let bib = proto * plan.clients + client
    let isBehind = oracle.isBehind(nodes[node], now: now)
    guard let version = nodes[node].core.remove(plan.client(ofBIB: bib), time) else { return }
    // A removal ends only records with older versions. The node may not have received one that a clock ahead has made.
    let client = plan.client(ofBIB: bib)
    let hasNewer = nodes.contains { $0.isUp && $0.core.hasRecord(of: client, above: version, $0.time(now)) }
    let isCertain = !isBehind && !hasNewer && !oracle.isOutrun(version, nodes, now: now)
    oracle.removed(bib, version: version, isCertain: isCertain, now: now)
    nodes[node].isTouched = true
    wake(node, at: now)
  }

  private mutating func startAgain(_ node: Int) {
    guard nodes[node].starts > 0, !nodes[node].isUp else { return }
    nodes[node].isPaused = false
    start(node)
  }

  private mutating func overrun(_ node: Int) {
    guard !nodes[node].isMirror else { return }
    nodes[node].overrun()
    nodes[node].losesAnnouncements = false
    oracle.overruns[node] = nil
    oracle.moduleTrouble[node] = now
    wake(node, at: now)
  }

  private mutating func change(_ node: Int, to timeouts: Timeouts) {
    guard !nodes[node].isMirror else { return }
    nodes[node].module.timeouts = timeouts
    oracle.limitsChange(at: nodes[node], now: now)
    oracle.moduleTrouble[node] = now
    guard nodes[node].isUp, nodes[node].isAttached else { return }
    nodes[node].core.attach(timeouts, nodes[node].time(now))
    wake(node, at: now)
  }

  private mutating func resume(_ node: Int) {
    guard let (snapshot, at) = snapshots[node] else { return }
    oracle.ends(node, now: now)
    for session in oracle.truths.indices
    where oracle.truths[session].node == Int32(node) && oracle.truths[session].lastPacket > at {
      oracle.truths[session].isOwed = false
    }
    let (starts, chance) = (nodes[node].starts, nodes[node].chance)
    nodes[node] = snapshot
    nodes[node].starts = starts
    nodes[node].chance = chance
    nodes[node].clock.goOn(from: at, now)
    nodes[node].wakes = .max
    nodes[node].busyUntil = now
    nodes[node].isTouched = true
    oracle.clocksGoOn(after: now - at, now: now)
    oracle.moduleTrouble[node] = now
    oracle.lastDeath = now
    wake(node, at: now)
  }

  private mutating func clone(_ node: Int, as copy: Int) {
    nodes[copy] = nodes[node]
    nodes[copy].chance = Dice.hash(nodes[node].chance, UInt64(copy))
    nodes[copy].wakes = .max
    nodes[copy].isTouched = true
    oracle.moduleTrouble[copy] = now
    oracle.heardTable[copy] = -1
    oracle.gotTable[copy] = true
    oracle.lastDeath = now
    wake(copy, at: now)
  }

  // MARK: Outsiders

  /// Sends the datagrams of strangers, every half second for the time since then.
  mutating func flood() {
    for place in floods.indices {
      while floods[place].next <= now {
        floods[place].next += floods[place].every
        outsiders += 1
        let target = floods[place].to
        let bytes = Forgery.datagram(
          floods[place].kind, number: outsiders, of: nodes[(target + 1) % nodes.count].core.number,
          to: nodes[target].core.number, pool6: nodes[target].core.pool6)
        let due = now + Int(outsiders % 400) * 1000 + Network.latency
        let datagram = Network.Datagram(bytes: bytes, from: Network.outsider, to: target, sent: now)
        network.put(datagram, at: due) { queue.schedule(.arrival($0), at: $1) }
      }
    }
    for place in liars.indices where liars[place].next <= now {
      liars[place].next += 1_000_000
      outsiders += 1
      let session = Int(Dice.hash(scenario.seed, outsiders) % UInt64(plan.sessions))
      let mask = Int(Dice.hash(scenario.seed, outsiders, 1) % UInt64(plan.masks))
      let to = liars[place].to
      let entry = plan.entry(
        session, mask: mask, state: 0, timer: 0, expiration: 200_000_000, pool6: nodes[to].core.pool6)
      let datagram = Network.Datagram(
        bytes: RecordLayout.packed36.encode([entry]), from: Network.outsider, to: to, sent: now)
      network.put(datagram, at: now + Network.latency) { queue.schedule(.arrival($0), at: $1) }
    }
  }
}
