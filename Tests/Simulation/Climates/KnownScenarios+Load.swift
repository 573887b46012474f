/// Runs in which a standby starts while the active node creates thousands of sessions per second (A.4).
extension KnownScenarios {
  /// The number of seconds within which a node with a table becomes ready, whatever the load.
  private static let bound = 3.0

  /// Changes without a pause, of which the first ten seconds are new sessions.
  ///
  /// A wait for an idle moment would never end.
  static func startsUnderLoad(thousands: Int) -> Scenario {
    var run = scenario("A.4", seconds: 28)
    for node in 0..<2 { run.nodes[node].moduleSpeed = 5 }
    run.traffic = [
      flow(0, clients: thousands * 10_000, from: 8, until: 28, every: 0.001, through: [0], burst: thousands, proto: 0)
    ]
    run.traffic[0].flaps = true
    run.faults = [Fault(.restartHost(1), at: 15)]
    run.readyWithin = bound
    return run
  }

  /// The standby receives updates of the active node, but no hello for two seconds.
  static var hearsNoHellosUnderLoad: Scenario {
    var run = startsUnderLoad(thousands: 10)
    run.faults.append(Fault(.loss(Link(0, 1), share: 1, only: [.hello]), at: 14.9, lasts: 2))
    return run
  }
}
