/// What the oracle knows of nodes that start beside others.
struct StartWatch {
  /// When each node got its table; `nil` before, and once it was ready.
  var tables: [Moment?]
  /// How many sessions each module had lately.
  fileprivate var counts: [[(at: Moment, sessions: Int)]]
  /// How many nodes became ready while others had sessions.
  fileprivate var checked = 0

  init(nodes: Int) {
    tables = Array(repeating: nil, count: nodes)
    counts = Array(repeating: [], count: nodes)
  }
}

/// Who starts under load is ready soon, and has nearly all (`promptStart`).
extension Oracle {
  /// How far behind a ready node may be.
  private static let lag: Moment = .seconds(1)

  /// After each turn of a node. *Starting* ends when it has a table.
  mutating func watchStart(
    of node: Int, after former: NodeUnderTest.State, _ nodes: [SimulatedNode], now: Moment
  ) {
    guard let bound = scenario.readyWithin, verdicts[node].state != former else { return }
    let state = verdicts[node].state
    if former == .starting, state == .mending || state == .ready { starts.tables[node] = now }
    guard state == .ready, let since = starts.tables[node] else { return }
    starts.tables[node] = nil
    let theirs = verdicts.indices.filter { $0 != node && areOneGroup(node, $0) }.compactMap { sessions(of: $0, now) }
    guard let most = theirs.max(), most > 0 else { return }
    starts.checked += 1
    let ours = nodes[node].module.count
    if now - since > .seconds(bound) {
      violate(.promptStart, now, node: node, "has had its table since \(since.inSeconds) s, and is ready only now")
    } else if ours < most {
      violate(
        .promptStart, now, node: node,
        "ready with \(ours) sessions in its module; another one had \(most) a second ago")
    }
  }

  /// Twice a second.
  mutating func watchStarts(_ nodes: [SimulatedNode], now: Moment) {
    guard let bound = scenario.readyWithin else { return }
    for node in nodes.indices {
      starts.counts[node].append((now, nodes[node].isRunning ? nodes[node].module.count : 0))
      if starts.counts[node].count > 8 { starts.counts[node].removeFirst() }
      if let since = starts.tables[node], now - since > .seconds(bound) {
        violate(
          .promptStart, now, node: node,
          "has had its table since \(since.inSeconds) s, and is \(verdicts[node].state) still")
      }
    }
  }

  /// A run in which nobody started beside others shows nothing.
  mutating func watchStartsAtTheEnd(_ now: Moment) {
    if scenario.readyWithin != nil, starts.checked == 0 {
      violate(.promptStart, now, node: nil, "nobody has become ready beside a node with sessions")
    }
  }

  /// How many sessions a module had a second ago.
  private func sessions(of node: Int, _ now: Moment) -> Int? {
    starts.counts[node].last { $0.at <= now - Self.lag }?.sessions
  }
}
