import JoolCore

/// Watches a run: keeps the truth, and compares the nodes with it.
struct Oracle {
  /// How often it looks.
  static let interval: Moment = 500_000
  /// A table that was not touched is looked at this often.
  static let rest: Moment = 5_000_000

  let plan: AddressPlan
  let scenario: Scenario
  var mirrors: [Mirror]
  var truths: [Truth]
  var hellos: [Hellos]
  /// The last verdict of each node, and since when it holds.
  var verdicts: [Verdict]
  var verdictsSince: [Moment]
  /// When each module was last touched by a fault; its proxy needs some time then.
  var moduleTrouble: [Moment]
  /// Since its start, whether a node has heard somebody with a table, and whether it got one.
  var heardTable: [Moment]
  var gotTable: [Bool]
  /// Whether a node has had the addresses since its start.
  var hadRight: [Bool]
  /// Datagrams of strangers per second.
  var floodRate = 0
  /// Since when nobody may have the addresses; `nil`: somebody may.
  var nobodySince: Moment? = 0
  var hadSomebody = false
  /// The last death, silence or awakening.
  var lastDeath: Moment = 0 { didSet { if lastDeath != oldValue { partings.append(lastDeath) } } }
  /// All of them.
  private(set) var partings: [Moment] = []
  /// Since when each node has a table; `max`: it has none.
  private var tableSince: [Moment]
  /// Faults that go on and are no weather, and when the last one ended.
  var troubles = 0
  var lastTrouble: Moment = 0
  /// For the last fault of a link: since when a packet's word may not have got out.
  var lastLinkTrouble: Moment = 0
  /// When a node's clocks began to go again, and for how long they had stood: by so much it holds longer what it had then.
  private var suspensions: [(end: Moment, lasted: Moment)] = []
  /// When limits were last changed.
  var limitsChanged: Moment = .seconds(-1000)
  var starts: StartWatch
  var wire: WireWatch
  private(set) var violations: [Violation] = []
  /// What was violated, and what cannot be asked of this scenario.
  private var closed: Set<Property>
  /// Seconds that a pull may take, and that a datagram may need.
  let pullTime: Double
  let slowest: Double
  /// How many tables are fetched: each may be late by as much.
  let fetches: Double
  /// When nodes are made anew, ascending.
  let beginnings: [Moment]
  /// Seconds for which a proxy may have been stopped without knowing it, so that what it reads is older.
  let unnoticed: Double
  /// Before that, somebody may have to ask for what a link never brings.
  let quietFrom: Moment

  init(_ scenario: Scenario, _ plan: AddressPlan) {
    self.plan = plan
    self.scenario = scenario
    let count = scenario.nodes.count
    mirrors = Array(repeating: Mirror(plan), count: count)
    truths = Array(repeating: Truth(), count: plan.sessions)
    hellos = Array(repeating: Hellos(), count: count * count)
    verdicts = Array(repeating: Verdict(state: .away, may: false), count: count)
    verdictsSince = Array(repeating: 0, count: count)
    tableSince = Array(repeating: .max, count: count)
    moduleTrouble = Array(repeating: 0, count: count)
    heardTable = Array(repeating: -1, count: count)
    gotTable = Array(repeating: false, count: count)
    hadRight = gotTable
    starts = StartWatch(nodes: count)
    wire = WireWatch(scenario, plan)
    closed = Self.excuses(scenario)
    beginnings = scenario.faults.filter(\.makesAnew).map { .seconds($0.at + $0.lasts) }.sorted()
    fetches = Double(1 + beginnings.count)
    unnoticed = scenario.faults.contains { $0.isPause } ? 5 : 0
    let isCut = scenario.faults.contains { if case .cut = $0.kind { $0.isWeather } else { false } }
    quietFrom = isCut ? .seconds((scenario.traffic.map(\.until).max() ?? 0) + 10) : 0
    slowest = Self.slowest(scenario, plan)
    pullTime = Self.pullTime(scenario, plan, slowest)
  }

  /// What cannot be asked of this scenario.
  private static func excuses(_ scenario: Scenario) -> Set<Property> {
    var excused: Set<Property> = []
    for fault in scenario.faults {
      switch fault.kind {
      case .lies: excused.formUnion([.entitlement, .noGhosts, .moduleAgrees, .budget])
      case .flood(.madSequences, _, _): excused.insert(.calmIsQuiet)
      default: break
      }
    }
    return excused
  }

  private static func slowest(_ scenario: Scenario, _ plan: AddressPlan) -> Double {
    var slowest = 0.0
    for fault in scenario.faults {
      switch fault.kind {
      case .delay(_, let delay, let jitter, _): slowest = max(slowest, delay + jitter)
      case .bandwidth(_, let rate, _): slowest = max(slowest, Double(plan.sessions * 50 / max(rate, 1)))
      default: break
      }
    }
    return slowest
  }

  private static func pullTime(_ scenario: Scenario, _ plan: AddressPlan, _ slowest: Double) -> Double {
    let speed = scenario.nodes.map(\.moduleSpeed).max() ?? 0
    // A sealed copy is not believed until its peers have not named it for ten seconds.
    let isCopied = scenario.nodes.contains(where: \.isSealed) && scenario.faults.contains { $0.isCopy }
    return (isCopied ? 13 : 1) + 4 * slowest + Double(plan.sessions) / 20_000 + Double(plan.sessions * speed)
      / 1_000_000
  }

  /// Notes the first violation of each property.
  mutating func violate(_ property: Property, _ now: Moment, node: Int?, _ text: String) {
    guard isOpen(property) else { return }
    violations.append(Violation(property: property, at: now, node: node, text: text))
    closed.insert(property)
  }

  /// Whether a violation would be the first one.
  func isOpen(_ property: Property) -> Bool { !closed.contains(property) }

  /// A node's clocks go again.
  mutating func clocksGoOn(after duration: Moment, now: Moment) { suspensions.append((now, duration)) }

  /// All suspensions together.
  var suspended: Moment { suspensions.reduce(0) { $0 + $1.lasted } }

  /// Those that have ended since a moment.
  func suspended(since moment: Moment) -> Moment {
    suspensions.reduce(0) { $1.end >= moment ? $0 + $1.lasted : $0 }
  }

  /// For how long nothing has gone wrong.
  func calm(_ now: Moment) -> Moment { troubles > 0 ? 0 : now - lastTrouble }

  func areOneGroup(_ node: Int, _ other: Int) -> Bool {
    scenario.nodes[node].group == scenario.nodes[other].group
      && scenario.nodes[node].isSealed == scenario.nodes[other].isSealed
  }

  func usesSS2(_ node: Int) -> Bool { scenario.nodes[node].format != .legacy }

  // MARK: What happens

  mutating func packet(_ session: Int, _ entry: SessionEntry, at node: Int, now: Moment) {
    guard let mask = plan.mask(of: entry.source4) else { return }
    let life = Int(entry.expiration.rawValue) * 1000
    let old = truths[session]
    let isNews = !old.isKnown || old.mask != Int32(mask) || old.state != entry.state.rawValue || old.until < now
    // A node that nobody can ask sends news once; if it got lost, later packets do not say it for a quarter of the timeout.
    let isOwed = usesSS2(node) || !isLossy(from: node, now: now) && (old.isOwed || isNews)
    var truth = Truth(
      lastPacket: now, until: now + life, mask: Int32(mask), state: entry.state.rawValue, node: Int32(node),
      isOwed: isOwed)
    truth.latest = max(now + life + life / 4, old.latest)
    truth.seenBy = old.seenBy | 1 << UInt64(node)
    truths[session] = truth
    wire.packet(session, changes: isNews)
    guard plan.masks < plan.clients else { return }
    let first = plan.proto(of: session) * plan.clients
    for client in 0..<plan.clients where client != plan.client(of: session) {
      for server in 0..<plan.servers {
        let other = (first + client) * plan.servers + server
        if truths[other].mask == Int32(mask), truths[other].until > now,
          areOneGroup(Int(truths[other].node), node)
        {
          truths[other].isOwed = false
        }
      }
    }
  }

  /// Whether a datagram of the node may get lost, which leaves a little after the packet.
  private func isLossy(from node: Int, now: Moment) -> Bool {
    scenario.faults.contains { fault in
      switch fault.kind {
      case .loss(let link, _, _), .cut(let link), .bandwidth(let link, _, _):
        link.from == node && .seconds(fault.at - 3) <= now && now <= .seconds(fault.at + fault.lasts)
      default: false
      }
    }
  }

  /// A module counts a session's life from its last packet, or from the packet that would explain what it was given. So longer timeouts
  /// prolong all of its sessions at once, and its proxy passes that on, with slack if the session looks like a fresh one.
  mutating func limitsChange(at node: SimulatedNode, now: Moment) {
    limitsChanged = now
    let local = node.clock.local(now)
    for session in truths.indices where truths[session].isKnown && node.module.has(session, now: local) {
      let entry = node.module.entries[session]
      let slack = node.module.timeout(plan.proto(of: session), entry.timer) / 4
      truths[session].latest = max(truths[session].latest, now + min(entry.expires - local + slack, 5 * slack))
    }
  }

  /// A node ends or falls silent: what it has just learnt is not owed.
  mutating func ends(_ node: Int, now: Moment) {
    let since = min(now, lastLinkTrouble > now - .seconds(10) || troubles > 0 ? lastLinkTrouble : now) - .seconds(1)
    for session in truths.indices where truths[session].node == Int32(node) && truths[session].lastPacket >= since {
      truths[session].isOwed = false
    }
    lastDeath = now
  }

  mutating func started(_ node: Int, now: Moment) {
    heardTable[node] = -1
    for peer in verdicts.indices {
      hellos[peer * verdicts.count + node] = Hellos()
      hellos[node * verdicts.count + peer] = Hellos()
    }
    gotTable[node] = false
    hadRight[node] = false
    mirrors[node] = Mirror(plan)
    starts.tables[node] = nil
    verdicts[node] = Verdict(state: .starting, may: false)
    tableSince[node] = .max
    verdictsSince[node] = now
    moduleTrouble[node] = now
    lastDeath = now
  }

  /// A datagram of a node arrives at another one.
  mutating func arrives(_ datagram: Network.Datagram, now: Moment) {
    guard datagram.from >= 0, datagram.bytes.count > 31, datagram.bytes[0] == 0, datagram.bytes[1] == 0 else { return }
    let type = datagram.bytes[3]
    let (from, to) = (datagram.from, datagram.to)
    guard areOneGroup(from, to), usesSS2(to) else { return }
    if type == 1 || type == 255 {
      let heard = hellos[to * verdicts.count + from]
      hellos[from * verdicts.count + to].note(sent: datagram.sent, arrived: now, heard: heard)
      if tableSince[from] <= datagram.sent { heardTable[to] = now }
    }
    if type == 6 { gotTable[to] = true }
  }

  // MARK: Looking

  /// After each turn of a node.
  mutating func look(at node: Int, _ verdict: Verdict, now: Moment) {
    let old = verdicts[node]
    guard verdict != old else { return }
    if verdict.state != old.state { verdictsSince[node] = now }
    verdicts[node] = verdict
    if old.state == .ready, verdict.state == .mending, isLongCalm(now) {
      violate(.calmIsQuiet, now, node: node, "mends although all has been well for \(calm(now).inSeconds) s")
    }
    let hasTable = verdict.state == .ready || verdict.state == .mending
    tableSince[node] = hasTable ? min(tableSince[node], now) : .max
    if verdict.may { hadRight[node] = true }
    if verdict.state == .ready, old.state == .starting, !gotTable[node], heardTable[node] >= 0,
      now - heardTable[node] < .seconds(4.5), usesSS2(node), !scenario.nodes[node].isSealed
    {
      violate(.firstIsAlone, now, node: node, "ready without a table, though it heard a node with one")
    }
    if verdict.may, verdict.state == .starting {
      violate(.onlyTheRightMay, now, node: node, "has the addresses, and no table")
    }
    noteRights(now)
  }
}
