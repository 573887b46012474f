import JoolCore

/// A run of a scenario: its nodes, network and faults, and an oracle that watches them.
///
/// The same scenario gives the same run.
package struct Simulation {
  let scenario: Scenario
  let plan: AddressPlan
  var nodes: [SimulatedNode] = []
  var network: Network
  var queue = EventQueue()
  var oracle: Oracle
  var now: Moment = 0
  /// The node that has the addresses, and the time since which it may not have them.
  var active: Int?
  var activeFails: Moment?
  /// The number of packets of each flow so far.
  var packets: [Int]
  var snapshots: [Int: (node: SimulatedNode, at: Moment)] = [:]
  /// The timeouts and speeds before a fault changed them.
  var former: [Int: (Timeouts, Int)] = [:]
  /// The current floods with the times of their next datagrams.
  var floods: [(number: Int, kind: FloodKind, to: Int, every: Moment, next: Moment)] = []
  var liars: [(number: Int, to: Int, next: Moment)] = []
  var outsiders: UInt64 = 0
  /// The number of events so far, for the figures.
  package private(set) var events = 0
  /// Whether to print the changes of the nodes' states and the faults.
  package var traces = false
  /// The number of a session to trace.
  package var traced: Int?
  var tracedTexts: [Int: String] = [:]
  /// The longest time from the end of all faults until all nodes were ready, for the figures.
  package private(set) var worstReturn: Moment = 0

  package init(_ scenario: Scenario) {
    self.scenario = scenario
    plan = AddressPlan(scenario)
    network = Network(seed: scenario.seed, nodes: scenario.nodes.count)
    oracle = Oracle(scenario, plan)
    packets = Array(repeating: 0, count: scenario.traffic.count)
    for (number, node) in scenario.nodes.enumerated() {
      nodes.append(SimulatedNode(node, plan, seed: Dice.hash(scenario.seed, UInt64(number), 77)))
      if let start = node.startsAt { queue.schedule(.start(node: number), at: .seconds(start)) }
    }
    if scenario.lie == .ignoresEvictions { nodes[1].module.ignoresEvictions = true }
    if nodes.count > 1 { nodes[1].lie = scenario.lie }
    for (number, flow) in scenario.traffic.enumerated() {
      queue.schedule(.packet(flow: number), at: .seconds(flow.from))
    }
    for (number, fault) in scenario.faults.enumerated() {
      queue.schedule(.begin(fault: number), at: .seconds(fault.at))
      if fault.lasts > 0 { queue.schedule(.end(fault: number), at: .seconds(fault.at + fault.lasts)) }
    }
    queue.schedule(.watch, at: Oracle.interval)
  }

  /// Runs to the end, or until a property is violated.
  /// - Parameter property: the property; `nil`: the run ends with its duration.
  /// - Returns: the first violation of each property.
  package mutating func run(until property: Property? = nil) -> [Violation] {
    let end = Moment.seconds(scenario.duration)
    while let (at, event) = queue.next(), at <= end {
      now = at
      events += 1
      handle(event)
      if let property, !oracle.violations.isEmpty, oracle.violations.contains(where: { $0.property == property }) {
        break
      }
    }
    oracle.watchStartsAtTheEnd(now)
    return oracle.violations
  }

  /// A hash of all datagrams that were sent.
  package var hash: UInt64 { oracle.wire.hash }

  package func frames(_ type: FrameType) -> Int { oracle.wire.frames[Int(type.rawValue)] }

  private mutating func handle(_ event: EventQueue.Event) {
    switch event {
    case .turn(let node):
      guard nodes[node].wakes == now, nodes[node].isRunning else { return }
      turn(node)
    case .arrival(let place): arrive(place)
    case .packet(let flow): packet(of: flow)
    case .begin(let fault): begin(fault)
    case .end(let fault): end(fault)
    case .start(let node): start(node)
    case .watch:
      oracle.watch(&nodes, now: now)
      watchActive()
      flood()
      noteReturn()
      queue.schedule(.watch, at: now + Oracle.interval)
    }
  }

  mutating func start(_ node: Int) {
    let isFirst = nodes[node].starts == 0
    if isFirst {
      oracle.lastTrouble = now
      let clients = scenario.nodes[node].clients
      for client in clients {
        let session = plan.session(proto: 1, client: client, server: 0)
        translate(session, state: 0, at: node, idle: .seconds(scenario.nodes[node].idle))
      }
    }
    nodes[node].start(now)
    oracle.started(node, now: now)
    oracle.hasKeptTable[node] = nodes[node].isMirror && nodes[node].core.hasSessions
    oracle.wire.reset(now)
    wake(node, at: now)
  }

  // MARK: Turns

  /// Schedules a turn, unless an earlier one is due.
  mutating func wake(_ node: Int, at moment: Moment) {
    let due = max(moment, nodes[node].busyUntil)
    guard due < nodes[node].wakes || nodes[node].wakes < now else { return }
    nodes[node].wakes = due
    queue.schedule(.turn(node: node), at: due)
  }

  private mutating func turn(_ node: Int) {
    nodes[node].wakes = .max
    let number = nodes[node].number
    nodes[node].turn(now)
    if nodes[node].number != number, number != 0 { startedAnew(node) }
    if nodes[node].wakes < .max { queue.schedule(.turn(node: node), at: nodes[node].wakes) }
    let verdict = verdict(of: node)
    if traces, verdict != oracle.verdicts[node] { trace("node \(node): \(verdict.state), may \(verdict.may)") }
    let former = oracle.verdicts[node].state
    oracle.look(at: node, verdict, now: now)
    oracle.watchStart(of: node, after: former, nodes, now: now)
    if traces { traceSession(at: node) }
    guard !nodes[node].sent.isEmpty else { return }
    if traces { traceFrames(of: node) }
    let datagrams = lied(nodes[node].sent, of: node)
    nodes[node].sent = []
    oracle.wire.sends(datagrams, from: node, now: now)
    for datagram in datagrams {
      for other in nodes.indices where other != node && nodes[other].isUp {
        network.send(datagram, from: node, to: other, now: now) { place, due in
          queue.schedule(.arrival(place), at: due)
        }
      }
    }
  }

  /// Notes that a node has taken a new identity, because it has found a copy of itself.
  private mutating func startedAnew(_ node: Int) {
    trace("node \(node) takes a new identity")
    oracle.ends(node, now: now)
    oracle.started(node, now: now)
    oracle.lastTrouble = now
    oracle.wire.reset(now)
  }

  private mutating func arrive(_ place: Int) {
    guard let datagram = network.take(place) else { return }
    let node = datagram.to
    guard nodes[node].isUp, !nodes[node].isSuspended else { return }
    if nodes[node].isRunning { oracle.arrives(datagram, isHandled: nodes[node].core.number != 0, now: now) }
    nodes[node].receive(datagram.bytes, from: datagram.from, now: now)
    if nodes[node].isRunning { wake(node, at: now) }
  }

  /// The verdict that a node reports.
  func verdict(of node: Int) -> Verdict {
    var verdict =
      nodes[node].isAttached && nodes[node].isUp ? nodes[node].core.verdict : Verdict(state: .away, may: false)
    guard let lie = scenario.lie else { return verdict }
    if lie == .neverMay, now > .seconds(25) { verdict.may = false }
    guard node == 1 else { return verdict }
    switch lie {
    case .isReadyTooEarly: if verdict.state == .mending { verdict.state = .ready }
    case .isReadyAtOnce: if verdict.state == .starting, oracle.heardTable[1] >= 0 { verdict.state = .ready }
    case .alwaysMay: verdict.may = true
    case .isNeverReady: if verdict.state == .ready { verdict.state = .mending }
    case .isReadyLate: if verdict.state == .ready, now < .seconds(26) { verdict.state = .mending }
    default: break
    }
    return verdict
  }

  private func lied(_ datagrams: [[UInt8]], of node: Int) -> [[UInt8]] {
    guard node == 1, let lie = scenario.lie else { return datagrams }
    switch lie {
    case .asksForNothing:
      guard var datagram = datagrams.first, datagram.count >= 32 else { return datagrams }
      datagram.removeSubrange(32...)
      datagram[3] = FrameType.nak.rawValue
      return datagrams + [datagram]
    case .repeatsItself:
      return datagrams.flatMap { datagram in
        var again = datagram
        return (0..<200).map { number in
          if number > 0, datagram[3] == 2 { again[16] = UInt8(number) }
          return again
        }
      }
    case .reusesNonces:
      return datagrams.flatMap { datagram in
        var again = datagram
        again[again.count - 1] ^= 1
        return [datagram, again]
      }
    case .sendsRemovedAgain: return datagrams.map { Forgery.restoringSessions($0, as: plan) }
    case .sendsGarbage: return datagrams + [[0, 0, NodeUnderTest.version, 99] + Array(repeating: 1, count: 40)]
    default: return datagrams
    }
  }

  private mutating func noteReturn() {
    guard oracle.calm(now) > 0 else { return }
    let isReady = nodes.indices.allSatisfy { !nodes[$0].isRunning || oracle.verdicts[$0].state == .ready }
    if !isReady { worstReturn = max(worstReturn, oracle.calm(now)) }
  }
}
