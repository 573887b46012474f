extension Lie {
  /// A run in which the lie violates its property.
  ///
  /// Without the lie the run violates none.
  package var scenario: Scenario {
    var run = Scenario(climate: rawValue, seed: 1, nodes: [NodePlan(), NodePlan()], duration: 60)
    run.lie = self
    var flow = Flow(client: 0, from: 8, until: 60, every: 0.1)
    flow.clients = 20
    flow.through = [0]
    run.traffic = [flow]
    switch self {
    case .isReadyTooEarly:
      // Node 1 lacks more updates than can be retransmitted, and fetches them slowly.
      run.traffic[0].every = 0.002
      run.traffic[0].clients = 3000
      run.traffic[0].until = 25
      run.faults = [
        Fault(.loss(Link(0, 1), share: 1, only: [.update]), at: 10, lasts: 12),
        Fault(.delay(Link(0, 1), 4, only: [.bulk, .buckets, .differences, .nak]), at: 0, lasts: 60),
      ]
    case .losesSessions: run.traffic[0].until = 20
    case .repeatsItself: run.traffic[0].through = [1]
    case .isReadyAtOnce: run.nodes[1].startsAt = 20
    case .alwaysMay: run.nodes[1].startsAt = 20
    case .isReadyLate:
      run.nodes[1].startsAt = 20
      run.readyWithin = 3
    case .ignoresEvictions:
      run.masks = 2
      run.traffic = (0..<2).map { number in
        var flow = Flow(client: 2 * number, from: 8 + 10 * Double(number), until: 8 + 10 * Double(number), every: 1)
        flow.through = [1 - number]
        return flow
      }
      run.faults = [Fault(.cut(Link(0, 1)), at: 7, lasts: 12), Fault(.cut(Link(1, 0)), at: 7, lasts: 12)]
    case .keepsSessions:
      for node in 0..<2 { run.nodes[node].timeouts.udp = 5 }
      run.traffic[0].until = 20
    case .sendsRemovedAgain:
      run.traffic[0].until = 20
      run.faults = [Fault(.remove(1, proto: 1, client: 3), at: 30)]
    case .asksForNothing: run.duration = 200
    case .reusesNonces: for node in 0..<2 { run.nodes[node].isSealed = true }
    case .restoresNothing, .restoresOldTimes:
      // Everything restarts, and only the disk of the mirror has the sessions.
      run.nodes[1].mirror = MirrorPlan()
      run.nodes[1].mirror?.interval = 5
      run.traffic[0].until = 20
      run.faults = (0..<2).map { Fault(.restartHost($0), at: 28, lasts: self == .restoresOldTimes ? 20 : 1) }
    case .restoresNoRemovals:
      // The mirror is away when the snapshot of another one comes back.
      run.nodes += [NodePlan()]
      for node in 1...2 {
        run.nodes[node].mirror = MirrorPlan()
        run.nodes[node].mirror?.interval = node == 1 ? 5 : 15
      }
      run.traffic[0].until = 20
      run.faults =
        [Fault(.restartHost(2), at: 25, lasts: 20), Fault(.remove(0, proto: 1, client: 3), at: 26)]
        + (0..<2).map { Fault(.restartHost($0), at: 40, lasts: 1) }
    case .neverMay, .changesStates, .isNeverReady, .sendsGarbage: break
    }
    return run
  }
}
