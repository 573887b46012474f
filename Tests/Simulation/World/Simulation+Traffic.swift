import JoolCore
import JoolSession

/// The packets, and the node that has the addresses to which they go.
extension Simulation {
  /// The time that VRRP needs to notice that a node may no longer have the addresses.
  private static let noticing: Moment = 3_000_000

  mutating func packet(of number: Int) {
    let flow = scenario.traffic[number]
    guard now <= .seconds(flow.until) else { return }
    queue.schedule(.packet(flow: number), at: now + max(.seconds(flow.every), 1))
    for _ in 0..<flow.burst {
      let count = packets[number]
      packets[number] += 1
      let node = flow.through.isEmpty ? active : flow.through[count % flow.through.count]
      guard let node else { continue }
      let client = flow.client + count % flow.clients
      let session = plan.session(proto: flow.proto, client: client, server: flow.server)
      let round = count / flow.clients
      translate(session, state: flow.flaps ? UInt8(round % 2) : Self.state(ofPacket: round), at: node)
    }
  }

  /// The state after a packet: a connection is opened, has packets, is closed, and begins again.
  private static func state(ofPacket count: Int) -> UInt8 {
    switch count % 40 {
    case 0: 1
    case 38: 3
    case 39: 6
    default: 0
    }
  }

  /// Translates a packet of a session at a node.
  /// - `idle`: the time since the packet, if it arrived before the node's start.
  mutating func translate(_ session: Int, state: UInt8, at node: Int, idle: Moment? = nil) {
    guard nodes[node].isAttached, !nodes[node].isMirror, !nodes[node].isSuspended else { return }
    let local = nodes[node].clock.local(now)
    guard let entry = nodes[node].module.translate(session, state: state, now: local - (idle ?? 0)) else { return }
    nodes[node].announce(entry, number: session)
    oracle.packet(session, entry, at: node, now: now - (idle ?? 0))
    if nodes[node].isRunning { wake(node, at: now) } else if idle == nil { oracle.truths[session].isOwed = false }
    // A starting node takes what was not announced for the rest of slack.
    if nodes[node].losesAnnouncements, oracle.verdicts[node].state == .starting {
      oracle.truths[session].isOwed = false
    }
    oracle.notePacket(session, at: nodes[node], now: now)
    if let version = oracle.removals[plan.bib(of: session)]?.version { settle(session, at: node, removed: version) }
  }

  /// A packet of a removed client at a node that does not know of the removal yet need not begin the session anew.
  ///
  /// One whose announcement is lost begins it only if it comes later than a quarter of the timeout after the removal.
  private mutating func settle(_ session: Int, at node: Int, removed version: UInt64) {
    let removal = nodes[node].core.removal(of: plan.client(ofBIB: plan.bib(of: session)), nodes[node].time(now))
    if removal.map({ $0.version.rawValue < version }) ?? true { oracle.truths[session].isOwed = false }
    let quarter = (oracle.truths[session].until - oracle.truths[session].lastPacket) / 4
    if nodes[node].losesAnnouncements, let order = oracle.removals[plan.bib(of: session)], now - order.at < quarter {
      oracle.truths[session].isOwed = false
    }
  }

  /// Whether a node can have the addresses.
  private func canBeActive(_ node: Int) -> Bool {
    nodes[node].isRunning && nodes[node].isAttached && oracle.verdicts[node].may
      && scenario.nodes[node].group == 0
  }

  mutating func watchActive() {
    if let active, canBeActive(active) {
      activeFails = nil
      return
    }
    activeFails = activeFails ?? now
    guard now - (activeFails ?? now) >= Self.noticing || active == nil else { return }
    // Keepalived learns of the end of a proxy only when the proxy restarts and writes the track file. Until then the
    // module may continue without its proxy.
    if let next = nodes.indices.first(where: canBeActive) {
      active = next
      activeFails = nil
    }
  }
}
