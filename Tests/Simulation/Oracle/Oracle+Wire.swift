/// The checks of sent datagrams.
extension Oracle {
  /// The most bytes that may be sent on request: 20 MB in a second and 2 MB at once, plus the rest of a frame.
  private static let mostPerSecond = 22_100_000
  private static let mostPerTurn = 2_100_000

  mutating func watchWire(_ now: Moment) {
    if wire.repeatedNonce != nil { violate(.nonces, now, node: nil, "a pair of key and nonce seals two texts") }
    for node in wire.nodes.indices {
      if wire.nodes[node].mostPerTurn > Self.mostPerTurn {
        violate(.budget, now, node: node, "\(wire.nodes[node].mostPerTurn) bytes on request in one turn")
      }
      if wire.nodes[node].mostPerSecond > Self.mostPerSecond {
        violate(.budget, now, node: node, "\(wire.nodes[node].mostPerSecond) bytes on request in a second")
      }
    }
    // Strangers receive at most three times the bytes that they send.
    if floodRate > 0, calm(now) > .seconds(10 + pullTime),
      let node = wire.nodes.indices.first(where: { wire.nodes[$0].secondBytes > 3 * 60 * floodRate + 20_000 })
    {
      violate(.budget, now, node: node, "\(wire.nodes[node].secondBytes) bytes in a second sent to strangers")
    }
    if let mirror = wire.mirrorWithRight {
      violate(.onlyTheRightMay, now, node: mirror, "is a mirror, but advertises the right to the addresses")
    }
    watchQuiet(now)
    watchRecords(now)
  }

  /// Whether there has been no fault for so long that no node may lack anything.
  func isLongCalm(_ now: Moment) -> Bool { calm(now) > .seconds(120 + 4 * pullTime) && now > quietFrom }

  private mutating func watchQuiet(_ now: Moment) {
    let calm = calm(now)
    // Requests before the long calm do not count.
    guard isLongCalm(now) else { return wire.resetAsking() }
    if let asker = wire.asker {
      let type = FrameType(rawValue: asker.type).map { "\($0)" } ?? "?"
      violate(.calmIsQuiet, now, node: asker.node, "sends \(type) at \(asker.at.inSeconds) s")
    }
    let nodes = scenario.nodes.count
    let allowed = 10 * nodes * nodes + Int((calm.inSeconds - 120) / 60) * nodes * nodes * 4
    // Sessions that expire some milliseconds apart may do so at two hellos in a row. Then a node fetches sessions that
    // are about to expire.
    // What expires later on a machine whose clocks stood is fetched once by each other node: with a request, a frame and
    // the end.
    let late = suspended > 0 ? endings(since: now - calm, now) : 0
    let pulls = 9 + 3 * (nodes - 1) * late + Int((calm.inSeconds - 120) / 60)
    if wire.pulls > pulls {
      violate(.calmIsQuiet, now, node: nil, "\(wire.pulls) frames to fetch tables")
    }
    if wire.comparisons > allowed {
      violate(.calmIsQuiet, now, node: nil, "\(wire.comparisons) frames to compare tables")
    }
  }

  /// The number of sessions and removals that have ended since a moment, or may have.
  private func endings(since moment: Moment, _ now: Moment) -> Int {
    truths.count { $0.isKnown && $0.latest > moment && $0.until < now } + removals.count
  }

  /// Checks that a node sends a session once per quarter of its timeout, and when it changes.
  private mutating func watchRecords(_ now: Moment) {
    guard isOpen(.budget), now / Self.interval % 10 == 0 else { return }
    let passed = now - wire.since
    for session in truths.indices where truths[session].isKnown {
      let truth = truths[session]
      let quarter = max((truth.until - truth.lastPacket) / 4, .seconds(0.5))
      let allowed = 4 + 2 * Int(wire.changes[session]) + passed / quarter * 5 / 4
      for node in scenario.nodes.indices {
        let told = Int(wire.told[node * plan.sessions + session])
        if told > allowed {
          violate(
            .budget, now, node: node,
            "\(told) records of \(plan.name(session)) in \(passed.inSeconds) s; \(allowed) are enough")
        }
      }
    }
  }
}
