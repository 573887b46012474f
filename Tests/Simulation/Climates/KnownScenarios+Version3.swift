/// What the simulation found in version 3.
extension KnownScenarios {
  static let ofVersion3: [Known] = [
    ("B.1", owedInAnotherState, [.agreement])
  ]

  /// The last packet of a connection through two nodes closes it. The other node has kept back a packet from before.
  private static var owedInAnotherState: Scenario {
    var run = scenario("B.1", seconds: 160)
    run.traffic = [flow(0, from: 10, until: 48, every: 1, through: [0, 1, 1], proto: 0)]
    return run
  }
}
