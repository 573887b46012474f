/// A distribution from which scenarios are drawn.
///
/// The same seed gives the same scenario.
package enum Climate: String, Codable, CaseIterable, Sendable {
  case calm, lossy, oneWay, slowTables, rollingRestarts, starts, meeting, shortTimeouts, limits, clocks, pauses, copies
  case load, floods, mixed, twoGroups, everything, removals, mirrors

  package func scenario(seed: UInt64) -> Scenario {
    var draft = Draft(self, seed: seed)
    switch self {
    case .calm: draft.calm()
    case .lossy: draft.lossy()
    case .oneWay: draft.oneWay()
    case .slowTables: draft.slowTables()
    case .rollingRestarts: draft.rollingRestarts()
    case .starts: draft.starts()
    case .meeting: draft.meeting()
    case .shortTimeouts: draft.shortTimeouts()
    case .limits: draft.limits()
    case .clocks: draft.clocks()
    case .pauses: draft.pauses()
    case .copies: draft.copies()
    case .load: draft.load()
    case .floods: draft.floods()
    case .mixed: draft.mixed()
    case .twoGroups: draft.twoGroups()
    case .everything: draft.everything()
    case .removals: draft.removals()
    case .mirrors: draft.mirrors()
    }
    draft.scenario.faults.sort { $0.at < $1.at }
    return draft.scenario
  }
}

/// A scenario that is being drawn.
struct Draft {
  var scenario: Scenario
  var dice: Dice

  init(_ climate: Climate, seed: UInt64) {
    dice = Dice(Dice.hash(seed, UInt64(Climate.allCases.firstIndex(of: climate) ?? 0)))
    scenario = Scenario(climate: climate.rawValue, seed: seed, nodes: [], duration: 60)
  }

  var count: Int { scenario.nodes.count }

  mutating func begin(nodes: Int, seconds: Double) {
    scenario.nodes = Array(repeating: NodePlan(), count: nodes)
    for node in 0..<nodes {
      scenario.nodes[node].startsAt = Double(node) * dice.number(0...0.3)
      // About the accuracy of NTP.
      scenario.nodes[node].wallSkew = dice.number(-0.02...0.02)
    }
    scenario.duration = seconds
  }

  /// Adds clients that the node with the addresses translates.
  ///
  /// Each client has a packet per `every` seconds.
  mutating func flows(_ clients: Int, first: Int = 0, every: Double, from: Double = 8, until: Double? = nil) {
    for proto in 0..<3 {
      var flow = Flow(client: first, from: from, until: until ?? scenario.duration, every: every / Double(clients))
      flow.clients = clients
      flow.proto = proto
      flow.server = proto == 0 ? dice.number(0..<2) : 0
      scenario.traffic.append(flow)
    }
  }

  mutating func add(_ kind: Fault.Kind, at: Double, lasts: Double = 0) {
    scenario.faults.append(Fault(kind, at: at, lasts: lasts))
  }

  mutating func node() -> Int { dice.number(0..<count) }

  mutating func link() -> Link {
    let from = node()
    return Link(from, (from + 1 + dice.number(0..<(count - 1))) % count)
  }

  /// Adds a fault of every link for the same time.
  mutating func everywhere(at: Double, lasts: Double, _ kind: (Link) -> Fault.Kind) {
    for from in 0..<count { for to in 0..<count where to != from { add(kind(Link(from, to)), at: at, lasts: lasts) } }
  }
}
