/// The faults of the past, each as the shortest run that shows it.
///
/// None may return.
package enum KnownScenarios {
  /// The number of the fault in docs/model/design.md, the run, and the properties that the fault violated.
  package typealias Known = (name: String, scenario: Scenario, breaks: [Property])

  package static let all = ofVersion2 + ofVersion3 + ofMirrors

  /// The faults that were found by reading version 2 of the protocol.
  private static let ofVersion2: [Known] = [
    ("A.1", resyncsForEver, [.calmIsQuiet, .backInTime]),
    ("A.2", startsAmongMending, [.firstIsAlone, .truthOfReady]),
    ("A.3", maskChangesHands, [.moduleAgrees]),
    ("A.4", startsUnderLoad(thousands: 10), [.promptStart, .backInTime]),
    ("A.4x", startsUnderLoad(thousands: 20), [.promptStart, .backInTime]),
    ("A.4h", hearsNoHellosUnderLoad, [.promptStart, .truthOfReady]),
    ("A.5ab", twoReadyNodesMeet, [.truthOfReady, .budget]),
    ("A.5c", lostRefresh, [.agreement, .truthOfReady, .entitlement]),
    ("A.5d", holeBeforeFirstContact, [.agreement, .truthOfReady, .entitlement]),
    ("A.6ab", oneMaskAtOnce, [.agreement]),
    ("A.6c", missedWordOfACProxy, [.agreement, .entitlement]),
    ("A.7a", hearsOneOfTwo, [.truthOfReady]),
    ("A.7b", isNotHeard, [.backInTime]),
    ("A.7c", isNeverHeard, [.calmIsQuiet]),
    ("A.8", unannouncedRival, [.moduleAgrees, .truthOfReady, .agreement]),
    ("A.9a", timeoutsAreLowered, [.noGhosts]),
    ("A.9b", timeoutsDiffer, [.calmIsQuiet]),
    ("A.10", pausedForAnHour, [.noGhosts]),
    ("A.11a", sealedCopy, [.nonces]),
    ("A.11b", goesOnFromASnapshot, [.agreement, .truthOfReady]),
    ("A.11c", clone, [.agreement, .truthOfReady]),
    ("A.12", madeUpStart, [.entitlement, .truthOfReady]),
    ("A.13", madeUpNodes, [.backInTime, .firstIsAlone, .budget, .truthOfReady]),
    ("A.13n", requestsOfStrangers, [.budget]),
    ("A.14", anotherPool6, [.entitlement, .moduleAgrees, .firstIsAlone]),
    ("A.15", idleForThirtyDays, [.entitlement, .agreement, .truthOfReady]),
    ("A.16", bothMend, [.somebodyMay]),
    ("A.17", flowThroughTwoNodes, [.budget]),
  ]

  static func scenario(_ name: String, nodes: Int = 2, seconds: Double) -> Scenario {
    var scenario = Scenario(climate: name, seed: 1, nodes: [], duration: seconds)
    scenario.nodes = Array(repeating: NodePlan(), count: nodes)
    for node in 0..<nodes { scenario.nodes[node].startsAt = Double(node) * 0.1 }
    return scenario
  }

  static func flow(
    _ client: Int, clients: Int = 1, from: Double, until: Double? = nil, every: Double = 1, through: [Int],
    burst: Int = 1,
    proto: Int = 1
  ) -> Flow {
    var flow = Flow(client: client, from: from, until: until ?? from, every: every)
    flow.clients = clients
    flow.burst = burst
    flow.through = through
    flow.proto = proto
    return flow
  }

  static func slowTables(_ seconds: Double, nodes: Int = 2, lasts: Double) -> [Fault] {
    links(nodes).map { Fault(.delay($0, seconds, only: [.bulk, .buckets, .differences]), at: 0, lasts: lasts) }
  }

  static func links(_ nodes: Int) -> [Link] {
    (0..<nodes).flatMap { from in (0..<nodes).filter { $0 != from }.map { Link(from, $0) } }
  }

  private static var resyncsForEver: Scenario {
    var run = scenario("A.1", seconds: 8000)
    run.traffic = [flow(0, clients: 20, from: 20, until: 8000, every: 5, through: [0])]
    run.faults =
      slowTables(1.5, lasts: 8000) + [Fault(.restartProxy(0), at: 60), Fault(.restartProxy(1), at: 120)]
    return run
  }

  private static var startsAmongMending: Scenario {
    var run = scenario("A.2", nodes: 3, seconds: 60)
    // With this seed, node 2 has the lowest number in version 2.
    run.seed = 2
    // The other nodes have become mending and need some seconds for each other's table.
    for node in 0..<2 { run.nodes[node].clients = 2000..<12_000 }
    run.nodes[2].startsAt = 34.6
    run.traffic = muchOnBothSides
    run.faults = slowTables(1.9, nodes: 3, lasts: 60) + cut(from: 20, lasts: 13)
    return run
  }

  /// More updates than can be retransmitted.
  private static var muchOnBothSides: [Flow] {
    [0, 1].map { node in
      var updates = flow(
        1000 * node, clients: 1000, from: 20.5, until: 32, every: 0.002, through: [node], burst: 2, proto: 0)
      updates.flaps = true
      return updates
    }
  }

  static func cut(from: Double, lasts: Double) -> [Fault] {
    links(2).map { Fault(.cut($0), at: from, lasts: lasts) }
  }

  private static var maskChangesHands: Scenario {
    var run = scenario("A.3", seconds: 380)
    run.masks = 3
    run.traffic = [
      flow(0, from: 20, through: [0]), flow(3, from: 321, through: [0]), flow(0, from: 322, through: [0]),
    ]
    run.faults = [Fault(.restartProxy(1), at: 310, lasts: 14)]
    return run
  }

  private static var twoReadyNodesMeet: Scenario {
    var run = scenario("A.5ab", seconds: 30)
    // Node 1 has the sessions: in version 2 it has the lower number, so it begins the comparison.
    run.traffic = [flow(0, clients: 150_000, from: 2, until: 11, every: 0.001, through: [1], burst: 17)]
    run.faults = cut(from: 0, lasts: 12)
    return run
  }

  private static var lostRefresh: Scenario {
    var run = scenario("A.5c", seconds: 260)
    run.nodes[0].clients = 0..<50
    run.nodes[1].clients = 0..<50
    run.traffic = [
      flow(0, clients: 50, from: 120, until: 122, every: 0.01, through: [0]),
      flow(50, clients: 1000, from: 125, until: 135, every: 0.01, through: [0]),
    ]
    run.faults = cut(from: 0, lasts: 150)
    return run
  }

  /// Node 2 fetches the table of node 1 while that node lacks updates of node 0, of which node 2 receives only the last
  /// 256.
  private static var holeBeforeFirstContact: Scenario {
    var run = scenario("A.5d", nodes: 3, seconds: 200)
    run.nodes[2].startsAt = 112
    run.traffic = [
      flow(0, clients: 450, from: 20, until: 21.8, every: 0.004, through: [0]),
      flow(0, clients: 450, from: 110.1, until: 111.9, every: 0.004, through: [0]),
      // With these sessions node 1 has more, so node 2 asks it.
      flow(450, clients: 50, from: 110.1, until: 110.6, every: 0.01, through: [1]),
    ]
    run.faults = cut(from: 110, lasts: 2.7) + [Fault(.loss(Link(0, 2), share: 1, only: [.update]), at: 112.6, lasts: 4)]
    return run
  }

  private static var oneMaskAtOnce: Scenario {
    var run = scenario("A.6ab", nodes: 3, seconds: 60)
    run.masks = 1
    run.nodes[2].wallSkew = 10_000
    run.traffic = [
      flow(2, from: 10, through: [2], proto: 0), flow(0, from: 30, through: [0]), flow(1, from: 30.0002, through: [1]),
    ]
    return run
  }

  private static var missedWordOfACProxy: Scenario {
    var run = scenario("A.6c", nodes: 3, seconds: 60)
    for node in 0..<3 { run.nodes[node].format = .auto }
    run.nodes[2].format = .legacy
    run.traffic = [flow(0, from: 20, until: 21.5, through: [2], proto: 0)]
    run.faults = [Fault(.loss(Link(2, 1), share: 1), at: 20.5, lasts: 1)]
    return run
  }

  private static var hearsOneOfTwo: Scenario {
    var run = scenario("A.7a", nodes: 3, seconds: 600)
    run.traffic = [flow(0, clients: 3000, from: 20, until: 600, every: 0.1, through: [2])]
    run.faults = [Fault(.cut(Link(2, 0)), at: 200, lasts: 390)]
    return run
  }

  private static var isNotHeard: Scenario {
    var run = scenario("A.7b", nodes: 3, seconds: 1100)
    run.traffic = [flow(0, clients: 500, from: 20, until: 1100, every: 0.1, through: [1])]
    run.faults = [
      Fault(.cut(Link(0, 1)), at: 0, lasts: 1100),
      Fault(.loss(Link(1, 0), share: 1, only: [.update]), at: 60, lasts: 3),
    ]
    return run
  }

  /// The first node never receives the second one, whose updates it gets through the third one.
  private static var isNeverHeard: Scenario {
    var run = scenario("A.7c", nodes: 3, seconds: 1100)
    run.traffic = [flow(0, clients: 50, from: 20, until: 300, every: 0.1, through: [1])]
    run.faults = [Fault(.cut(Link(1, 0)), at: 0, lasts: 1100)]
    return run
  }

  private static var unannouncedRival: Scenario {
    var run = scenario("A.8", seconds: 120)
    run.masks = 1
    run.traffic = [flow(0, from: 20, through: [0]), flow(1, from: 30, through: [1])]
    run.faults = [Fault(.overrun(0), at: 19, lasts: 31)]
    return run
  }

  private static var timeoutsAreLowered: Scenario {
    var run = scenario("A.9a", seconds: 120)
    run.traffic = [flow(0, clients: 20, from: 20, until: 40, every: 1, through: [0])]
    var lower = Timeouts()
    lower.udp = 60
    run.faults = [Fault(.timeouts(0, lower), at: 50), Fault(.timeouts(1, lower), at: 50)]
    return run
  }

  private static var timeoutsDiffer: Scenario {
    var run = scenario("A.9b", seconds: 600)
    run.nodes[1].timeouts.udp = 60
    run.traffic = [flow(0, clients: 200, from: 20, until: 220, every: 1, through: [0])]
    return run
  }

  private static var pausedForAnHour: Scenario {
    var run = scenario("A.10", seconds: 3800)
    run.traffic = [flow(0, clients: 20, from: 110, until: 130, every: 1, through: [0])]
    run.faults = [Fault(.pause(1), at: 100, lasts: 3600)]
    return run
  }

  private static var idleForThirtyDays: Scenario {
    var run = scenario("A.15", seconds: 60)
    run.masks = 10
    for node in 0..<2 {
      run.nodes[node].timeouts.udp = 40 * 86_400
      // Other clients with the same masks.
      run.nodes[node].clients = node * 10..<node * 10 + 10
    }
    run.nodes[0].idle = 30 * 86_400
    run.faults = cut(from: 0, lasts: 20)
    return run
  }

  private static var bothMend: Scenario {
    var run = scenario("A.16", seconds: 60)
    run.traffic = muchOnBothSides
    run.faults = slowTables(1.9, lasts: 60) + cut(from: 20, lasts: 13)
    return run
  }

  private static var flowThroughTwoNodes: Scenario {
    var run = scenario("A.17", seconds: 600)
    run.traffic = [flow(0, from: 20, until: 600, every: 1, through: [0, 1])]
    return run
  }
}
