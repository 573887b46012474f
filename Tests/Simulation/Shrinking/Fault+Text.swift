extension Fault.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .loss(let link, let share, let only): "\(link) loses \(share.short) of \(Self.names(only))"
    case .delay(let link, let delay, let jitter, let only):
      "\(link) delays \(Self.names(only)) by \(delay.short) s" + (jitter > 0 ? " and up to \(jitter.short) s more" : "")
    case .duplicate(let link, let share): "\(link) duplicates \(share.short)"
    case .cut(let link): "\(link) is cut"
    case .bandwidth(let link, let rate, let queue): "\(link) carries \(rate) bytes/s and queues \(queue) bytes"
    case .restartProxy(let node): "proxy \(node) restarts"
    case .restartHost(let node): "host \(node) restarts"
    case .pause(let node): "proxy \(node) is stopped"
    case .suspend(let node): "machine \(node) is suspended"
    case .snapshot(let node): "a snapshot of node \(node) is taken"
    case .resume(let node): "node \(node) resumes from its snapshot"
    case .clone(let node, let copy): "a copy of node \(node) runs as node \(copy)"
    case .moduleGone(let node): "module \(node) is absent"
    case .overrun(let node): "announcements of module \(node) are lost"
    case .staticBinding(let node, let client, let mask):
      "module \(node) gets a static entry: client \(client), mask \(mask)"
    case .timeouts(let node, let timeouts):
      "timeouts of module \(node): udp \(timeouts.udp.short) s, tcp \(timeouts.tcpEstablished.short) s"
    case .moduleSpeed(let node, let speed): "module \(node) takes \(speed) microseconds per session"
    case .loseSnapshots(let node): "mirror \(node) loses its snapshots"
    case .remove(let node, let proto, let client): "node \(node) removes client \(client), protocol \(proto)"
    case .takeover(let node): "node \(node) takes over"
    case .flood(let kind, let node, let rate): "\(rate)/s \(kind.rawValue) to node \(node)"
    case .lies(let node): "a C proxy sends outdated sessions to node \(node)"
    }
  }

  private static func names(_ only: [FrameType]?) -> String {
    only.map { $0.map { "\($0)" }.joined(separator: ", ") } ?? "all"
  }
}

extension Link: CustomStringConvertible {
  package var description: String { "\(from) to \(to)" }
}
