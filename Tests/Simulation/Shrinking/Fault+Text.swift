extension Fault.Kind: CustomStringConvertible {
  package var description: String {
    switch self {
    case .loss(let link, let share, let only): "\(link) loses \(share.short) of \(Self.names(only))"
    case .delay(let link, let delay, let jitter, let only):
      "\(link) delays \(Self.names(only)) by \(delay.short) s" + (jitter > 0 ? " and up to \(jitter.short) s more" : "")
    case .duplicate(let link, let share): "\(link) doubles \(share.short)"
    case .cut(let link): "\(link) is cut"
    case .bandwidth(let link, let rate, let queue): "\(link) takes \(rate) bytes/s, \(queue) wait"
    case .restartProxy(let node): "proxy \(node) starts anew"
    case .restartHost(let node): "host \(node) starts anew"
    case .pause(let node): "proxy \(node) is stopped"
    case .suspend(let node): "machine \(node) stands still"
    case .snapshot(let node): "a snapshot of \(node)"
    case .resume(let node): "\(node) goes on from its snapshot"
    case .clone(let node, let copy): "a copy of \(node) goes on as \(copy)"
    case .moduleGone(let node): "module \(node) is away"
    case .overrun(let node): "announcements of \(node) are lost"
    case .staticBinding(let node, let client, let mask):
      "module \(node) gets a static entry, client \(client) mask \(mask)"
    case .timeouts(let node, let timeouts):
      "timeouts of \(node): udp \(timeouts.udp.short) s, tcp \(timeouts.tcpEstablished.short) s"
    case .moduleSpeed(let node, let speed): "module \(node) needs \(speed) microseconds for a session"
    case .takeover(let node): "\(node) takes over"
    case .flood(let kind, let node, let rate): "\(rate)/s \(kind.rawValue) to \(node)"
    case .lies(let node): "a C proxy tells lies to \(node)"
    }
  }

  private static func names(_ only: [FrameType]?) -> String {
    only.map { $0.map { "\($0)" }.joined(separator: ", ") } ?? "all"
  }
}

extension Link: CustomStringConvertible {
  package var description: String { "\(from) to \(to)" }
}
