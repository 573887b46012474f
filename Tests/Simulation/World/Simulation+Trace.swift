import JoolCore
import JoolSession

/// Messages for the analysis of a run.
extension Simulation {
  mutating func traceFrames(of node: Int) {
    let types: [FrameType] = [.nak, .unavailable, .pull, .compare, .differences]
    for type in types where nodes[node].sent.contains(where: { $0.count > 31 && $0[0] == 0 && $0[3] == type.rawValue })
    {
      trace("node \(node) sends \(type)")
    }
  }

  /// Prints the records of the traced session at a node when they change.
  mutating func traceSession(at node: Int) {
    guard let session = traced, nodes[node].isUp, session < plan.sessions else { return }
    // The key of an ICMP session contains the mask's identifier.
    let mask = Int(max(oracle.truths[session].mask, 0))
    let entry = plan.entry(session, mask: mask, state: 0, timer: 0, expiration: 0, pool6: nodes[node].core.pool6)
    let row = nodes[node].core.table?.session(like: entry, now: nodes[node].time(now).now)
    let own = nodes[node].module.entries[session]
    let text =
      (row.map { known in
        "table: \(known.entry.state), mask \(plan.mask(of: known.entry.source4) ?? -1), version \(known.version.rawValue), origin \(known.origin)"
      } ?? "table: none") + "; module: mask \(own.mask), state \(own.state)"
    let ends =
      "until \(row.map { (now + Int($0.entry.expiration.rawValue) * 1000).inSeconds } ?? 0) s and "
      + "\((now + own.expires - nodes[node].clock.local(now)).inSeconds) s"
    guard tracedTexts[node] != text + ends.prefix(12) else { return }
    tracedTexts[node] = text + ends.prefix(12)
    trace("node \(node): \(text), \(ends)")
  }

  func trace(_ text: String) { if traces { print("\(now.inSeconds) s  \(text)") } }
}
