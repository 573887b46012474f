/// The faults that the simulation found in groups with mirrors.
extension KnownScenarios {
  static let ofMirrors: [Known] = [
    ("B.14", mirrorComesBackBesideAStart, [.firstIsAlone, .truthOfReady]),
    ("B.15", losesAnnouncementsBeforeATable, [.entitlement]),
    ("B.16", announcesEarlyBeforeAPause, [.entitlement]),
    ("B.17", assignsAMaskInUse, [.entitlement]),
  ]

  /// A NAT64 restarts, and then the mirror that it has received, before the NAT64 has the table.
  ///
  /// It depends on the times of hellos who of the two is the first. So this happens ten times.
  private static var mirrorComesBackBesideAStart: Scenario {
    var run = scenario("B.14", seconds: 660)
    run.nodes[1].mirror = mirror(interval: 5)
    run.traffic = [flow(0, clients: 10, from: 20, until: 660, every: 1, through: [])]
    run.faults = (0..<10).flatMap { number in
      let at = 60 + 60 * Double(number)
      return [Fault(.restartHost(0), at: at), Fault(.restartHost(1), at: at + 0.1, lasts: 0.1 * Double(number + 1))]
    }
    return run
  }

  /// A group restarts, and announcements are lost while a node requests the table of one that has gone.
  ///
  /// The module announces a packet after that, when the node has still no table.
  private static var losesAnnouncementsBeforeATable: Scenario {
    var run = scenario("B.15", nodes: 3, seconds: 60)
    run.traffic = [flow(0, from: 25.7, through: [0])]
    run.faults = [
      Fault(.restartHost(0), at: 20), Fault(.restartHost(1), at: 20), Fault(.restartHost(2), at: 20.04),
      Fault(.overrun(0), at: 21.5, lasts: 1),
    ]
    return run
  }

  /// The module of a starting node gives the only mask to another client, and then the proxy is stopped.
  ///
  /// Meanwhile another node translates a packet of the client that has the mask in the mirror's table.
  private static var announcesEarlyBeforeAPause: Scenario {
    var run = scenario("B.16", nodes: 3, seconds: 60)
    run.nodes[0].mirror = mirror(interval: 40)
    run.masks = 1
    run.traffic = [
      flow(0, from: 20, through: [2]), flow(1, from: 32.25, through: [1]), flow(0, from: 38, through: [2]),
    ]
    run.faults = [
      Fault(.restartHost(1), at: 32), Fault(.restartHost(2), at: 32.1), Fault(.pause(1), at: 34.3, lasts: 9.2),
    ]
    return run
  }

  /// The module of a proxy that is down gives client 0 the mask that client 1 gets elsewhere a little later.
  ///
  /// Client 3 has the mask of client 0 at that time, in a session that soon expires.
  private static var assignsAMaskInUse: Scenario {
    var run = scenario("B.17", seconds: 60)
    run.masks = 3
    for node in 0..<2 { run.nodes[node].timeouts.tcpTransitory = 5 }
    run.traffic = [
      flow(0, from: 9, until: 10, through: [1], proto: 0),
      flow(1, from: 26, until: 26.5, every: 0.5, through: [1], proto: 0),
      flow(3, from: 22, through: [0], proto: 0), flow(0, from: 22.5, until: 23, every: 0.5, through: [0], proto: 0),
    ]
    run.faults = [Fault(.restartHost(0), at: 20, lasts: 10)]
    return run
  }

  private static func mirror(interval: Double) -> MirrorPlan {
    var plan = MirrorPlan()
    plan.interval = interval
    return plan
  }
}
