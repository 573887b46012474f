/// The oracle's notes on nodes that start beside others.
struct StartWatch {
  /// The time at which each node got its table; `nil` before that, and after the node has become ready.
  var tables: [Moment?]
  /// The recent numbers of sessions in each module.
  fileprivate var counts: [[(at: Moment, sessions: Int)]]
  /// The number of nodes that became ready while others had sessions.
  fileprivate var checked = 0

  init(nodes: Int) {
    tables = Array(repeating: nil, count: nodes)
    counts = Array(repeating: [], count: nodes)
  }
}

/// The check that a node starting under load is ready soon, with nearly all sessions (`promptStart`).
extension Oracle {
  /// The most that a ready node may be behind the others.
  private static let lag: Moment = .seconds(1)

  /// Called after each turn of a node.
  ///
  /// The state *starting* ends when the node has a table.
  mutating func watchStart(
    of node: Int, after former: NodeUnderTest.State, _ nodes: [SimulatedNode], now: Moment
  ) {
    guard let bound = scenario.readyWithin, verdicts[node].state != former, !nodes[node].isMirror else { return }
    let state = verdicts[node].state
    if former == .starting, state == .mending || state == .ready { starts.tables[node] = now }
    guard state == .ready, let since = starts.tables[node] else { return }
    starts.tables[node] = nil
    let theirs = verdicts.indices.filter { $0 != node && areOneGroup(node, $0) }.compactMap { sessions(of: $0, now) }
    guard let most = theirs.max(), most > 0 else { return }
    starts.checked += 1
    let ours = nodes[node].module.count
    if now - since > .seconds(bound) {
      violate(.promptStart, now, node: node, "has had its table since \(since.inSeconds) s, but is ready only now")
    } else if ours < most {
      violate(
        .promptStart, now, node: node,
        "ready with \(ours) sessions in its module; another module had \(most) a second ago")
    }
  }

  /// Called twice a second.
  mutating func watchStarts(_ nodes: [SimulatedNode], now: Moment) {
    guard let bound = scenario.readyWithin else { return }
    for node in nodes.indices {
      starts.counts[node].append((now, nodes[node].isRunning ? nodes[node].module.count : 0))
      if starts.counts[node].count > 8 { starts.counts[node].removeFirst() }
      if let since = starts.tables[node], now - since > .seconds(bound) {
        violate(
          .promptStart, now, node: node,
          "has had its table since \(since.inSeconds) s, but is still \(verdicts[node].state)")
      }
    }
  }

  /// A run in which no node started beside others shows nothing.
  mutating func watchStartsAtTheEnd(_ now: Moment) {
    if scenario.readyWithin != nil, starts.checked == 0 {
      violate(.promptStart, now, node: nil, "no node has become ready beside a node with sessions")
    }
  }

  /// The number of sessions that a module had a second ago.
  private func sessions(of node: Int, _ now: Moment) -> Int? {
    starts.counts[node].last { $0.at <= now - Self.lag }?.sessions
  }
}
