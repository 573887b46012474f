/// A fault that begins at one time and lasts for another.
package struct Fault: Codable, Equatable, Sendable {
  /// The start, and the duration, in seconds.
  package var at: Double
  package var lasts: Double
  package var kind: Kind

  package init(_ kind: Kind, at: Double, lasts: Double = 0) {
    self.at = at
    self.lasts = lasts
    self.kind = kind
  }

  package enum Kind: Codable, Equatable, Sendable {
    // Faults of links, each in one direction. Shares are from 0 to 1, times in seconds. `only` limits a fault to some
    // types of frames.
    case loss(Link, share: Double, only: [FrameType]? = nil)
    case delay(Link, Double, jitter: Double = 0, only: [FrameType]? = nil)
    case duplicate(Link, share: Double)
    case cut(Link)
    /// The queue is in bytes. Datagrams that do not fit are dropped.
    case bandwidth(Link, bytesPerSecond: Int, queue: Int)

    // Faults of nodes.
    /// The proxy ends and restarts after the duration of the fault; its module continues.
    case restartProxy(Int)
    /// Proxy and module restart.
    case restartHost(Int)
    /// The proxy is stopped; its host continues.
    case pause(Int)
    /// A virtual machine is suspended with its clocks.
    case suspend(Int)
    case snapshot(Int)
    /// The node resumes from its last snapshot.
    case resume(Int)
    /// A copy of the node runs beside it, as the second node.
    case clone(Int, as: Int)

    // Faults of modules.
    case moduleGone(Int)
    /// Announcements are lost. The proxy is notified at the end.
    case overrun(Int)
    case staticBinding(Int, client: Int, mask: Int)
    case timeouts(Int, Timeouts)
    case moduleSpeed(Int, microseconds: Int)

    /// The disk of a mirror loses its snapshots.
    case loseSnapshots(Int)

    /// An administrator removes the mapping of a client at the node, if its table has it.
    case remove(Int, proto: Int, client: Int)

    /// The addresses move to the node if it may have them.
    case takeover(to: Int)

    // Faults by outsiders.
    case flood(FloodKind, to: Int, perSecond: Int)
    /// A C proxy outside the group sends outdated sessions.
    case lies(to: Int)
  }

  /// Whether the fault is a condition of the environment rather than an event.
  ///
  /// Nodes must become ready in spite of it.
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

  /// The nodes that the fault names.
  package var nodes: [Int] {
    switch kind {
    case .loss(let link, _, _), .delay(let link, _, _, _), .duplicate(let link, _), .cut(let link),
      .bandwidth(let link, _, _):
      [link.from, link.to]
    case .clone(let node, let copy): [node, copy]
    case .restartProxy(let node), .restartHost(let node), .pause(let node), .suspend(let node), .snapshot(let node),
      .resume(let node), .moduleGone(let node), .overrun(let node), .staticBinding(let node, _, _),
      .timeouts(let node, _), .moduleSpeed(let node, _), .loseSnapshots(let node), .remove(let node, _, _),
      .takeover(let node), .flood(_, let node, _), .lies(let node):
      [node]
    }
  }
}

/// A link from one node to another.
package struct Link: Hashable, Codable, Sendable {
  package var from: Int
  package var to: Int

  package init(_ from: Int, _ to: Int) {
    self.from = from
    self.to = to
  }
}

/// The types of frames with their numbers on the wire.
///
/// All versions of the protocol agree about them.
package enum FrameType: UInt8, Codable, CaseIterable, Sendable {
  case hello = 1
  case update, nak, unavailable, pull, bulk, compare, buckets, differences, settings
  case sealed = 255
}

/// The kinds of datagrams that strangers send.
package enum FloodKind: String, Codable, CaseIterable, Sendable {
  /// Hellos of a hundred invented nodes.
  case madeUpNodes
  /// Requests of an unknown node.
  case naks, pulls, compares
  /// Hellos with a node's number and an absurdly high sequence.
  case madSequences
  case otherVersion
}
