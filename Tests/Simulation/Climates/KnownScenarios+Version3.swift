/// What the simulation found in version 3.
extension KnownScenarios {
  static let ofVersion3: [Known] = [
    ("B.1", owedInAnotherState, [.agreement]),
    ("B.2", timeoutsAreRaised, [.agreement]),
  ]

  /// The last packet of a connection through two nodes closes it. The other node has kept back a packet from before.
  private static var owedInAnotherState: Scenario {
    var run = scenario("B.1", seconds: 160)
    run.traffic = [flow(0, from: 10, until: 48, every: 1, through: [0, 1, 1], proto: 0)]
    return run
  }

  /// What is sent because of longer timeouts arrives before the hello that has them.
  private static var timeoutsAreRaised: Scenario {
    var run = scenario("B.2", seconds: 30)
    run.traffic = [flow(0, clients: 10, from: 8, until: 30, every: 0.1, through: [0])]
    var longer = Timeouts()
    longer.udp = 600
    run.faults = [Fault(.timeouts(0, longer), at: 20)]
    return run
  }
}
