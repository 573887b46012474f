/// The faults that the simulation found in version 3.
extension KnownScenarios {
  static let ofVersion3: [Known] = [
    ("B.1", owedInAnotherState, [.agreement]),
    ("B.2", timeoutsAreRaised, [.agreement]),
    ("B.4", readsLateWhatWasAnnounced, [.entitlement]),
    ("B.5", owedBeforeASleep, [.entitlement]),
    ("B.7", timeoutsAreLoweredAfterASleep, [.entitlement]),
    ("B.8", diesBeforeItsHello, [.calmIsQuiet]),
    ("B.9", startsWhenSlackIsUsedUp, [.noGhosts]),
  ]

  /// The last packet of a connection through two nodes closes it.
  ///
  /// The other node has deferred the announcement of an earlier packet.
  private static var owedInAnotherState: Scenario {
    var run = scenario("B.1", seconds: 160)
    run.traffic = [flow(0, from: 10, until: 48, every: 1, through: [0, 1, 1], proto: 0)]
    return run
  }

  /// Updates with longer timeouts arrive before the hello that advertises these.
  private static var timeoutsAreRaised: Scenario {
    var run = scenario("B.2", seconds: 30)
    run.traffic = [flow(0, clients: 10, from: 8, until: 30, every: 0.1, through: [0])]
    var longer = Timeouts()
    longer.udp = 600
    run.faults = [Fault(.timeouts(0, longer), at: 20)]
    return run
  }

  /// The module of a stopped proxy assigns a mask.
  ///
  /// When the proxy resumes, the mask belongs to another client.
  private static var readsLateWhatWasAnnounced: Scenario {
    var run = scenario("B.4", seconds: 60)
    run.masks = 1
    run.traffic = [flow(0, from: 21, through: [0]), flow(1, from: 23.8, through: [1])]
    run.faults = [Fault(.pause(0), at: 20, lasts: 3.9)]
    return run
  }

  /// A node sleeps with a deferred announcement, and meanwhile the connection is closed.
  private static var owedBeforeASleep: Scenario {
    var run = owedInAnotherState
    run.climate = "B.5"
    for node in 0..<2 { run.nodes[node].timeouts.tcpEstablished = 100 }
    run.faults = [Fault(.pause(0), at: 47.5, lasts: 60)]
    return run
  }

  /// A node sleeps while a packet through another node closes a connection, and has shorter timeouts when it wakes.
  private static var timeoutsAreLoweredAfterASleep: Scenario {
    var run = scenario("B.7", seconds: 160)
    run.traffic = [flow(0, from: 10, until: 48, every: 1, through: Array(repeating: 0, count: 38) + [1], proto: 0)]
    var shorter = Timeouts()
    shorter.tcpEstablished = 600
    run.faults = [Fault(.pause(0), at: 47.5, lasts: 51), Fault(.timeouts(0, shorter), at: 98.6)]
    return run
  }

  /// A proxy is killed between an update and the hello that would confirm it.
  ///
  /// After 45 minutes its peers retire it.
  private static var diesBeforeItsHello: Scenario {
    var run = scenario("B.8", nodes: 3, seconds: 2900)
    run.traffic = [flow(0, clients: 20, from: 29.9, until: 30.3, every: 0.02, through: [0])]
    run.faults = [Fault(.restartProxy(0), at: 30)]
    return run
  }

  /// A standby's proxy starts when the slack of its module's session is used up, so that the session looks as if a
  /// packet had just arrived.
  ///
  /// The time left is a little longer than on the other node, because the clock is slow.
  private static var startsWhenSlackIsUsedUp: Scenario {
    var run = scenario("B.9", seconds: 1850)
    // The second packet establishes the connection; from then on the module keeps it for 9,000 s.
    run.traffic = [flow(0, from: 9, until: 20, every: 10, through: [0], proto: 0)]
    run.nodes[1].drift = -300
    run.faults = [Fault(.restartProxy(1), at: 1822)]
    return run
  }
}
