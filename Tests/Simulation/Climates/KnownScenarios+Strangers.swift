/// Runs with copies of a node, strangers, and nodes of another group.
extension KnownScenarios {
  static var sealedCopy: Scenario {
    var run = scenario("A.11a", seconds: 60)
    for node in 0..<2 { run.nodes[node].isSealed = true }
    run.traffic = [flow(0, clients: 500, from: 20, until: 60, every: 0.2, through: [0])]
    run.faults = [Fault(.snapshot(0), at: 30), Fault(.resume(0), at: 40)]
    return run
  }

  static var goesOnFromASnapshot: Scenario {
    var run = scenario("A.11b", seconds: 120)
    run.traffic = [
      flow(0, clients: 40, from: 20, until: 28, every: 0.1, through: [0], proto: 0),
      flow(100, clients: 600, from: 31, until: 39, every: 0.01, through: [0]),
      flow(0, clients: 40, from: 41, until: 100, every: 0.1, through: [0], proto: 0),
    ]
    run.faults = [Fault(.snapshot(0), at: 30), Fault(.resume(0), at: 40)]
    return run
  }

  static var clone: Scenario {
    var run = scenario("A.11c", nodes: 3, seconds: 120)
    run.nodes[2].startsAt = nil
    run.traffic = [flow(0, clients: 400, from: 31, until: 50, every: 0.02, through: [0, 1, 2])]
    run.faults = [Fault(.clone(0, as: 2), at: 30)]
    return run
  }

  /// One hello with the number of node 0: of another start (in version 2), or of an absurd sequence (in version 3).
  static var madeUpStart: Scenario {
    var run = scenario("A.12", seconds: 60)
    run.traffic = [flow(0, clients: 100, from: 20, until: 60, every: 0.2, through: [0])]
    run.faults = [Fault(.flood(.madSequences, to: 1, perSecond: 1), at: 12, lasts: 0.7)]
    return run
  }

  static var madeUpNodes: Scenario {
    var run = scenario("A.13", seconds: 60)
    run.traffic = [flow(0, clients: 100, from: 15, until: 60, every: 0.2, through: [0])]
    // At this rate each of the two nodes receives all hundred numbers.
    run.faults = [
      Fault(.flood(.madeUpNodes, to: 0, perSecond: 130), at: 12, lasts: 48),
      Fault(.flood(.madeUpNodes, to: 1, perSecond: 130), at: 12, lasts: 48), Fault(.restartHost(1), at: 25),
    ]
    return run
  }

  static var requestsOfStrangers: Scenario {
    var run = scenario("A.13n", seconds: 40)
    run.nodes[0].clients = 0..<20_000
    run.faults = [
      Fault(.flood(.naks, to: 0, perSecond: 200), at: 12, lasts: 20),
      Fault(.flood(.pulls, to: 0, perSecond: 200), at: 12, lasts: 20),
      Fault(.flood(.compares, to: 0, perSecond: 200), at: 12, lasts: 20),
    ]
    return run
  }

  static var anotherPool6: Scenario {
    var run = scenario("A.14", seconds: 60)
    run.masks = 4
    run.nodes[1].group = 1
    run.traffic = [
      flow(0, clients: 4, from: 15, until: 18, every: 0.5, through: [0]),
      flow(4, clients: 4, from: 16, until: 19, every: 0.5, through: [1]),
    ]
    run.faults = cut(from: 0, lasts: 30)
    return run
  }
}
