import JoolCore
import TestSupport

@testable import JoolSession

/// Some nodes, their modules, and a network between them that does its worst. A seed repeats a run exactly.
struct SyncSimulation {
  /// What goes wrong, chosen by the seed.
  struct Weather {
    var loss = 0.0
    var duplication = 0.0
    /// Datagrams take up to this much longer than others, and so overtake each other.
    var jitter = Duration.milliseconds(1)
    var partitions = false
    var restarts = false
  }

  private struct Node {
    var core: SyncNode
    var module = SimulatedModule()
    /// Clocks differ by this.
    let skew: Duration
    var starts: UInt32 = 1
    /// Whether the module's table was compared since the start.
    var isAudited = false
    /// When the core has something to do, by its own clock; `nil` if it was touched since.
    var deadline: Instant?

    /// Whether it knows all that others have said, and has said all that its module has.
    var isWell: Bool { core.isReady && isAudited && core.peers.all.allSatisfy(\.stream.isComplete) }
  }

  private struct Datagram {
    let due: Instant
    let order: Int
    let target: Int
    let bytes: [UInt8]
  }

  /// What a session may live shorter than its last packet entitles it to: audits do not look closer.
  private static let tolerance = Duration.milliseconds(500)
  private static let step = Duration.milliseconds(5)
  private static let masks = (0..<40).map { TransportAddress4(IPv4Address(bits: 0xC000_0201), 61_000 + $0) }

  private var random: SeededGenerator
  private let weather: Weather
  private var nodes: [Node] = []
  private var network: [Datagram] = []
  private var nextArrival: Instant
  private var order = 0
  private var now: Instant
  private let start: Instant
  /// Whose datagrams do not get through.
  private var cut: Set<Int> = []
  private var active = 0
  /// When the next node becomes active; there is no traffic until then.
  private var takeover: Instant?
  /// What the flows are entitled to: each session, and until when its last packet keeps it alive.
  private var entitled: [SessionKey: (session: SessionEntry, until: Instant)] = [:]
  private(set) var packets = 0
  private(set) var recordsSent: UInt64 = 0

  init(seed: UInt64, nodes count: Int, weather: Weather) {
    random = SeededGenerator(seed: seed)
    self.weather = weather
    start = .now
    now = start
    nextArrival = start
    for number in 0..<count {
      let skew = Duration.seconds(Int.random(in: -100_000...100_000, using: &random))
      nodes.append(
        Node(core: Self.core(number, epoch: 1, isFirst: number == 0, clock: 0, now: start + skew, &random), skew: skew))
    }
  }

  private static func core(
    _ number: Int, epoch: UInt32, isFirst: Bool, clock: UInt64, now: Instant, _ random: inout SeededGenerator
  ) -> SyncNode {
    guard let table = SessionTable(pool6: .wellKnown, now: now) else { preconditionFailure("64:ff9b::/96 is a pool6") }
    // Another number with each start, as proxies draw one.
    let node = UInt64(number) + 1 + 1000 * UInt64(epoch - 1)
    return SyncNode(
      identity: Incarnation(node), table: table, limits: SessionLimits(),
      seed: random.next(), isFirst: isFirst, clock: clock, now: now)
  }

  /// Traffic and faults for some time, then calm. Returns what is wrong afterwards.
  mutating func run(storm: Duration, calm: Duration) -> [String] {
    let end = start + storm
    while now < end {
      misbehave()
      traffic()
      tick()
    }
    cut = []
    let calmEnd = now + calm
    while now < calmEnd { tick(loss: 0) }
    return verdict()
  }

  // MARK: A step

  private mutating func tick(loss: Double? = nil) {
    now += Self.step
    deliver()
    for index in nodes.indices {
      let local = now + nodes[index].skew
      if let deadline = nodes[index].deadline, deadline > local { continue }
      nodes[index].module.expire(now: local)
      if nodes[index].core.nextDeadline <= local { nodes[index].core.advance(to: local) }
      audit(index, local: local)
      drain(index, local: local, loss: loss ?? weather.loss)
      nodes[index].deadline = nodes[index].core.nextDeadline
    }
  }

  /// As `SessionProxy` does it, in no time.
  private mutating func audit(_ index: Int, local: Instant) {
    guard !nodes[index].isAudited, nodes[index].core.state.hasTable else { return }
    nodes[index].isAudited = true
    nodes[index].core.beginAudit()
    // In an order that does not depend on the process.
    let held = nodes[index].module.sessions.values.sorted { Self.order($0.entry) < Self.order($1.entry) }
    for held in held {
      var session = held.entry
      session.expiration = Milliseconds(local.duration(to: held.expires))
      nodes[index].core.reconcile(session, origin: SyncNode.legacyOrigin, now: local)
    }
    nodes[index].core.finishAudit(completing: true, now: local)
    nodes[index].deadline = nil
  }

  private static func order(_ session: SessionEntry) -> (UInt8, UInt128, UInt32) {
    (session.proto.rawValue, session.source6.address.bits, session.destination4.address.bits)
  }

  private mutating func deliver() {
    guard nextArrival <= now else { return }
    let due = network.filter { $0.due <= now }.sorted { ($0.due, $0.order) < ($1.due, $1.order) }
    network.removeAll { $0.due <= now }
    nextArrival = network.map(\.due).min() ?? now + .seconds(3600)
    for datagram in due {
      let local = now + nodes[datagram.target].skew
      nodes[datagram.target].deadline = nil
      // A damaged datagram would be the simulation's mistake.
      try? nodes[datagram.target].core.receive(datagram.bytes.span.bytes, now: local)
    }
  }

  private mutating func drain(_ index: Int, local: Instant, loss: Double) {
    let output = nodes[index].core.takeOutput(now: local)
    while let request = nodes[index].core.nextStoreRequest(1000, now: local) {
      switch request {
      case .evict(let entry): nodes[index].module.remove(entry)
      case .add(let sessions): for session in sessions { nodes[index].module.add(session, now: local) }
      }
      nodes[index].core.finished(request, .done, now: local)
    }
    for bytes in output.datagrams {
      for target in nodes.indices where target != index {
        if cut.contains(index) != cut.contains(target) { continue }
        if Double.random(in: 0..<1, using: &random) < loss { continue }
        let copies = Double.random(in: 0..<1, using: &random) < weather.duplication ? 2 : 1
        for _ in 0..<copies {
          order += 1
          let milliseconds = Int.random(
            in: 0...Int(weather.jitter.components.attoseconds / 1_000_000_000_000_000), using: &random)
          let due = now + .milliseconds(1 + milliseconds)
          nextArrival = min(nextArrival, due)
          network.append(Datagram(due: due, order: order, target: target, bytes: bytes))
        }
      }
    }
  }

  private mutating func traffic() {
    guard takeover == nil, chance(0.5) else { return }
    let local = now + nodes[active].skew
    let number = Int.random(in: 0..<60, using: &random)
    let proto = L4Protocol.allCases[number % 3]
    let states: [TCPState] = [.v6Init, .established, .established, .v4FinRcv, .trans]
    let client = TransportAddress6(IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(number + 1)), 4000)
    let server = TransportAddress4(IPv4Address(bits: 0xC000_0208 + UInt32(Int.random(in: 0..<2, using: &random))), 443)
    let session = nodes[active].module.translate(
      client: client, server: server, proto: proto, state: states[Int.random(in: 0..<5, using: &random)], now: local,
      masks: Self.masks)
    guard let session else { return }
    packets += 1
    entitled = entitled.filter {
      $0.value.session.source4 != session.source4 || $0.value.session.source6 == session.source6
    }
    entitled[SessionKey(session)] = (session, now + session.expiration.duration)
    nodes[active].core.learn(session, now: local)
    nodes[active].deadline = nil
  }

  private mutating func misbehave() {
    if weather.partitions, chance(0.004) {
      cut = cut.isEmpty ? [Int.random(in: 0..<nodes.count, using: &random)] : []
    }
    // A proxy dies; its module goes on. Or all of a standby does.
    if weather.restarts, chance(0.002), nodes.count > 1 {
      let victim = Int.random(in: 0..<nodes.count, using: &random)
      nodes[victim].starts += 1
      let local = now + nodes[victim].skew
      nodes[victim].core = Self.core(
        victim, epoch: nodes[victim].starts, isFirst: false, clock: timeOfDay(), now: local, &random)
      nodes[victim].deadline = nil
      nodes[victim].isAudited = false
      if victim != active, chance(0.5) { nodes[victim].module.removeAll() }
    }
    // The virtual addresses move. What the active node has not been able to say is lost with it, whatever the protocol: so
    // they leave an active node that is well, and get to a ready one when VRRP has noticed.
    if takeover == nil, chance(0.002) { takeover = now + .seconds(1) }
    guard let due = takeover else { return }
    if !cut.isEmpty || !nodes.allSatisfy(\.isWell) {
      takeover = now + .seconds(2)
    } else if now >= due {
      active = Int.random(in: 0..<nodes.count, using: &random)
      takeover = nil
    }
  }

  /// What the clock on a node's wall shows: set by NTP, so about the same everywhere.
  private mutating func timeOfDay() -> UInt64 {
    UInt64(Milliseconds(start.duration(to: now)).rawValue) + .random(in: 0...50, using: &random)
  }

  private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

  // MARK: The end

  private func verdict() -> [String] {
    var wrong: [String] = []
    for (index, node) in nodes.enumerated() {
      if !node.core.isReady { wrong.append("node \(index) never became ready") }
      if node.core.table.rootDigest != nodes[active].core.table.rootDigest {
        wrong.append(
          "node \(index) has \(node.core.table.count) sessions, the active \(nodes[active].core.table.count)")
      }
      for (key, flow) in entitled where flow.until > now {
        guard let held = node.module.sessions[key] else {
          wrong.append("node \(index) lacks \(flow.session)")
          continue
        }
        if held.entry.source4 != flow.session.source4 || held.entry.state != flow.session.state {
          wrong.append("node \(index) has \(held.entry) instead of \(flow.session)")
        }
        // What a node keeps back because it has spoken lately, it says before that matters (`OwedWords`).
        let owed = Duration.milliseconds(Int(SessionLimits().slack(of: flow.session)))
        if held.expires - node.skew + SyncSimulation.tolerance + owed < flow.until {
          wrong.append("node \(index) lets \(flow.session) die too early")
        }
      }
    }
    return wrong
  }
}
