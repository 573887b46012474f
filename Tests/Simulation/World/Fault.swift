/// Something that goes wrong for some time.
package struct Fault: Codable, Equatable, Sendable {
  /// Seconds.
  package var at: Double
  package var lasts: Double
  package var kind: Kind

  package init(_ kind: Kind, at: Double, lasts: Double = 0) {
    self.at = at
    self.lasts = lasts
    self.kind = kind
  }

  package enum Kind: Codable, Equatable, Sendable {
    // Links, each in one direction. Shares are from 0 to 1, times in seconds; `only`: frames of some types.
    case loss(Link, share: Double, only: [FrameType]? = nil)
    case delay(Link, Double, jitter: Double = 0, only: [FrameType]? = nil)
    case duplicate(Link, share: Double)
    case cut(Link)
    /// The queue is in bytes; what does not fit is dropped.
    case bandwidth(Link, bytesPerSecond: Int, queue: Int)

    // Nodes.
    /// The proxy ends and starts anew after the fault's time, its module goes on.
    case restartProxy(Int)
    /// Proxy and module start anew.
    case restartHost(Int)
    /// The proxy is stopped, its host goes on.
    case pause(Int)
    /// A virtual machine is stopped, its clocks with it.
    case suspend(Int)
    case snapshot(Int)
    /// The node goes on from its last snapshot.
    case resume(Int)
    /// A copy of the node goes on beside it, as the second one.
    case clone(Int, as: Int)

    // Modules.
    case moduleGone(Int)
    /// Announcements are lost; the proxy is told so at the end.
    case overrun(Int)
    case staticBinding(Int, client: Int, mask: Int)
    case timeouts(Int, Timeouts)
    case moduleSpeed(Int, microseconds: Int)

    /// The addresses move, if the node may have them.
    case takeover(to: Int)

    // Others.
    case flood(FloodKind, to: Int, perSecond: Int)
    /// A C proxy that is no node tells outdated sessions.
    case lies(to: Int)
  }

  /// Whether it is what the network is like, rather than something that happens: nodes must get ready in spite of it.
  var isWeather: Bool {
    switch kind {
    case .delay, .bandwidth, .moduleSpeed, .snapshot, .flood: true
    case .cut: at == 0 && lasts >= 1000
    default: false
    }
  }

  /// Whether a node starts with an empty table.
  var makesAnew: Bool {
    switch kind {
    case .restartProxy, .restartHost, .resume, .clone: true
    default: false
    }
  }

  var isPause: Bool {
    if case .pause = kind { true } else { false }
  }

  var isCopy: Bool {
    switch kind {
    case .resume, .clone: true
    default: false
    }
  }

  /// The nodes that it names.
  package var nodes: [Int] {
    switch kind {
    case .loss(let link, _, _), .delay(let link, _, _, _), .duplicate(let link, _), .cut(let link),
      .bandwidth(let link, _, _):
      [link.from, link.to]
    case .clone(let node, let copy): [node, copy]
    case .restartProxy(let node), .restartHost(let node), .pause(let node), .suspend(let node), .snapshot(let node),
      .resume(let node), .moduleGone(let node), .overrun(let node), .staticBinding(let node, _, _),
      .timeouts(let node, _), .moduleSpeed(let node, _), .takeover(let node), .flood(_, let node, _), .lies(let node):
      [node]
    }
  }
}

/// From one node to another one.
package struct Link: Hashable, Codable, Sendable {
  package var from: Int
  package var to: Int

  package init(_ from: Int, _ to: Int) {
    self.from = from
    self.to = to
  }
}

/// By the byte on the wire. Versions of the protocol agree about what these are for.
package enum FrameType: UInt8, Codable, CaseIterable, Sendable {
  case hello = 1
  case update, nak, unavailable, pull, bulk, compare, buckets, differences, settings
  case sealed = 255
}

/// What strangers send.
package enum FloodKind: String, Codable, CaseIterable, Sendable {
  /// Hellos of a hundred numbers.
  case madeUpNodes
  /// Of a number that nobody has.
  case naks, pulls, compares
  /// A node's hello with a sequence far ahead.
  case madSequences
  case otherVersion
}
