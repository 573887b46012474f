import JoolCore

/// Watches a run: it records what happened to each session and compares the nodes with that.
struct Oracle {
  /// The interval between two looks.
  static let interval: Moment = 500_000
  /// The interval between two looks at a table that has not changed.
  static let rest: Moment = 5_000_000

  let plan: AddressPlan
  let scenario: Scenario
  var seen: [SeenTable]
  var truths: [Truth]
  /// The last removal of each client, by the number of its BIB entry, and whether it is above all records before it.
  var removals: [Int: (at: Moment, version: UInt64, isCertain: Bool)] = [:]
  var hellos: [Hellos]
  /// The last verdict of each node, and the time since which its state holds.
  var verdicts: [Verdict]
  var verdictsSince: [Moment]
  /// The time of the last fault of each module.
  ///
  /// Its proxy needs some time after that.
  var moduleTrouble: [Moment]
  /// The time at which a node last received a node with a table since its own start (-1: never), and whether it has
  /// received frames of a table.
  var heardTable: [Moment]
  /// Whether a mirror has begun with the sessions of a snapshot.
  var hasKeptTable: [Bool]
  var gotTable: [Bool]
  /// Whether a node has had the addresses since its start.
  var hadRight: [Bool]
  /// The highest version that any node has sent or received.
  var greatestVersion: UInt64 = 0
  /// The number of datagrams per second that strangers send.
  var floodRate = 0
  /// The time since which no node may have the addresses; `nil` if one may.
  var nobodySince: Moment? = 0
  var hadSomebody = false
  /// The time of the last end, silence or resumption of a node.
  var lastDeath: Moment = 0 { didSet { if lastDeath != oldValue { partings.append(lastDeath) } } }
  /// All values of `lastDeath`.
  private(set) var partings: [Moment] = []
  /// The time of the last end or silence of a node.
  private(set) var lastEnd: Moment = 0
  /// The time since which each node has a table; `max` if it has none.
  var tableSince: [Moment]
  /// The number of current faults other than weather, and the end of the last one.
  var troubles = 0
  var lastTrouble: Moment = 0
  var links = LinkTroubles()
  /// The time since which the announcements of a node's module are lost.
  var overruns: [Int: Moment] = [:]
  /// The times at which a node's clocks resumed, and for how long they had stood.
  ///
  /// The node holds its sessions longer by that time.
  private var suspensions: [(end: Moment, lasted: Moment)] = []
  /// The time of the last change of timeouts.
  var limitsChanged: Moment = .seconds(-1000)
  var starts: StartWatch
  var wire: WireWatch
  private(set) var violations: [Violation] = []
  /// The properties that were violated already, or cannot be demanded of this scenario.
  private var closed: Set<Property>
  /// The most seconds that a pull takes, and the most that a datagram takes.
  let pullTime: Double
  let slowest: Double
  /// The number of tables that are fetched.
  ///
  /// Each may be delayed by `slowest`.
  let fetches: Double
  /// The times at which nodes start with an empty table, in ascending order.
  let beginnings: [Moment]
  /// The seconds for which a proxy may have been stopped without noticing it, so that its announcements are older than
  /// they seem.
  let unnoticed: Double
  /// The time before which a node may have to request updates that a cut link never brings.
  let quietFrom: Moment

  init(_ scenario: Scenario, _ plan: AddressPlan) {
    self.plan = plan
    self.scenario = scenario
    let count = scenario.nodes.count
    seen = Array(repeating: SeenTable(plan), count: count)
    truths = Array(repeating: Truth(), count: plan.sessions)
    hellos = Array(repeating: Hellos(), count: count * count)
    verdicts = Array(repeating: Verdict(state: .away, may: false), count: count)
    verdictsSince = Array(repeating: 0, count: count)
    tableSince = Array(repeating: .max, count: count)
    moduleTrouble = Array(repeating: 0, count: count)
    heardTable = Array(repeating: -1, count: count)
    gotTable = Array(repeating: false, count: count)
    hasKeptTable = gotTable
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

  /// The properties that cannot be demanded of this scenario.
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
    // A sealed copy is not accepted until its peers have not mentioned it for ten seconds.
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

  /// Notes that the clocks of a node resume.
  mutating func clocksGoOn(after duration: Moment, now: Moment) { suspensions.append((now, duration)) }

  /// The total duration of all suspensions.
  var suspended: Moment { suspensions.reduce(0) { $0 + $1.lasted } }

  /// The total duration of the suspensions that have ended since a moment.
  func suspended(since moment: Moment) -> Moment {
    suspensions.reduce(0) { $1.end >= moment ? $0 + $1.lasted : $0 }
  }

  /// The time since the last fault.
  func calm(_ now: Moment) -> Moment { troubles > 0 ? 0 : now - lastTrouble }

  func areOneGroup(_ node: Int, _ other: Int) -> Bool {
    scenario.nodes[node].group == scenario.nodes[other].group
      && scenario.nodes[node].isSealed == scenario.nodes[other].isSealed
  }

  func usesSS2(_ node: Int) -> Bool { scenario.nodes[node].format != .legacy }

  // MARK: Events

  mutating func packet(_ session: Int, _ entry: SessionEntry, at node: Int, now: Moment) {
    guard let mask = plan.mask(of: entry.source4) else { return }
    let life = Int(entry.expiration.rawValue) * 1000
    let old = truths[session]
    let isNews = !old.isKnown || old.mask != Int32(mask) || old.state != entry.state.rawValue || old.until < now
    // A node that cannot be asked sends a change only once. If that datagram is lost, later packets are not sent for a
    // quarter of the timeout.
    let isOwed = usesSS2(node) || !isLossy(from: node, now: now) && (old.isOwed || isNews)
    var truth = Truth(
      lastPacket: now, until: now + life, mask: Int32(mask), state: entry.state.rawValue, node: Int32(node),
      isOwed: isOwed)
    truth.latest = max(now + life + life / 4, old.latest)
    truth.behindAt = old.behindAt
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

  /// Whether a datagram of the node may be lost; it leaves shortly after the packet.
  private func isLossy(from node: Int, now: Moment) -> Bool {
    scenario.faults.contains { fault in
      switch fault.kind {
      case .loss(let link, _, _), .cut(let link), .bandwidth(let link, _, _):
        link.from == node && .seconds(fault.at - 3) <= now && now <= .seconds(fault.at + fault.lasts)
      default: false
      }
    }
  }

  /// A node ends or becomes silent, so the other nodes need not have the sessions that it has just announced.
  mutating func ends(_ node: Int, now: Moment) {
    let since = min(links.since(now), overruns[node] ?? now) - .seconds(1)
    for session in truths.indices where truths[session].node == Int32(node) && truths[session].lastPacket >= since {
      truths[session].isOwed = false
    }
    (lastDeath, lastEnd) = (now, now)
  }

  mutating func started(_ node: Int, now: Moment) {
    heardTable[node] = -1
    for peer in verdicts.indices {
      hellos[peer * verdicts.count + node] = Hellos()
      hellos[node * verdicts.count + peer] = Hellos()
    }
    gotTable[node] = false
    hadRight[node] = false
    seen[node] = SeenTable(plan)
    starts.tables[node] = nil
    verdicts[node] = Verdict(state: .starting, may: false)
    tableSince[node] = .max
    verdictsSince[node] = now
    moduleTrouble[node] = now
    lastDeath = now
  }

  /// Notes the arrival of a node's datagram at another node.
  ///
  /// If it is not handled, the proxy has not seen its module yet, and drops datagrams.
  mutating func arrives(_ datagram: Network.Datagram, isHandled: Bool, now: Moment) {
    guard datagram.from >= 0, datagram.bytes.count > 31, datagram.bytes[0] == 0, datagram.bytes[1] == 0 else { return }
    let type = datagram.bytes[3]
    let (from, to) = (datagram.from, datagram.to)
    guard areOneGroup(from, to), usesSS2(to) else { return }
    if type == 1 || type == 255 {
      let heard = hellos[to * verdicts.count + from]
      hellos[from * verdicts.count + to].note(sent: datagram.sent, arrived: now, heard: heard)
      if isHandled, tableSince[from] <= datagram.sent { heardTable[to] = now }
    }
    // A mirror that has kept a table compares it with the peer's, and needs nothing more if they do not differ.
    if type == 6 || type == 9 && scenario.nodes[to].isMirror { gotTable[to] = true }
  }

  // MARK: Verdicts

  /// Checks the verdict of a node after each of its turns.
  mutating func look(at node: Int, _ verdict: Verdict, now: Moment) {
    let old = verdicts[node]
    guard verdict != old else { return }
    if verdict.state != old.state { verdictsSince[node] = now }
    verdicts[node] = verdict
    if old.state == .ready, verdict.state == .mending, isLongCalm(now) {
      violate(.calmIsQuiet, now, node: node, "is mending although there was no fault for \(calm(now).inSeconds) s")
    }
    let hasTable = verdict.state == .ready || verdict.state == .mending
    tableSince[node] = hasTable ? min(tableSince[node], now) : .max
    if verdict.may { hadRight[node] = true }
    if verdict.state == .ready, old.state == .starting, !gotTable[node], heardTable[node] >= 0,
      now - heardTable[node] < .seconds(4.5), usesSS2(node), !scenario.nodes[node].isSealed
    {
      violate(.firstIsAlone, now, node: node, "ready without a table, although it received a node with one")
    }
    if verdict.state == .ready, old.state == .starting, !gotTable[node], let mirror = keptMirror(of: node, now: now) {
      violate(.firstIsAlone, now, node: node, "ready without a table, although mirror \(mirror) has kept one")
    }
    if verdict.may, verdict.state == .starting {
      violate(.onlyTheRightMay, now, node: node, "has the right to the addresses, but no table")
    }
    noteRights(now)
  }
}
