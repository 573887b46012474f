import JoolCore
import JoolSession

/// What `session top` shows: the result of a reading, and the choices of the user.
struct TopReport: Sendable {
  /// A protocol whose sessions were counted.
  struct ProtocolLine: Hashable, Sendable {
    var proto: L4Protocol
    var count: TableSummary.ProtocolCount
  }

  /// The TCP sessions in a state.
  struct StateCount: Hashable, Sendable {
    /// The name of the state.
    var name: String
    var sessions: Int
    /// The number of sessions that were in the state at the reading before.
    var before: Int
  }

  /// A group of sessions, with its text.
  struct GroupLine: Hashable, Sendable {
    var text: String
    var count: TableSummary.Group
  }

  /// What is known of the instance's proxy.
  enum Synchronization: Hashable, Sendable {
    /// The proxy was not asked, or its answer has not arrived yet.
    case unknown
    case noProxy
    /// The proxy runs, but it could not be asked. The text is the reason.
    case failed(String)
    case status(NodeStatus, peers: Int, readyPeers: Int)

    init(_ status: ProxyStatus?) {
      self =
        status.map { .status($0.nodeStatus, peers: $0.peers.count, readyPeers: $0.peers.count(where: \.isReady)) }
        ?? .noProxy
    }
  }

  var instance: String
  var grouping = TopGrouping.source6
  var order = TableSummary.Order.sessions
  /// The filter as options; empty if there is none.
  var filter = ""
  var interval = Milliseconds(2000)
  var isPaused = false
  /// The time from the beginning of the reading before to that of this one; `nil` if nothing is known of what has begun
  /// and ended between them.
  var span: Milliseconds?
  /// The time that the reading took.
  var readingTime = Milliseconds(0)
  var protocols: [ProtocolLine] = []
  /// The states that TCP sessions have, or had at the reading before.
  var states: [StateCount] = []
  /// The first groups, in their order.
  var groups: [GroupLine] = []
  /// The number of all groups.
  var groupCount = 0
  /// The addresses of pool4, the fullest ones first.
  var pool4: [Pool4Use.Row] = []
  /// The number of bindings whose masks pool4 lacks.
  var outside = 0
  var synchronization = Synchronization.unknown

  /// The number of sessions of all protocols.
  var sessions: Int { protocols.reduce(0) { $0 + $1.count.sessions } }
}

extension TopReport.Synchronization: CustomStringConvertible {
  var description: String {
    switch self {
    case .unknown: "unknown"
    case .noProxy: "no proxy"
    case .failed(let reason): reason
    case .status(let status, let peers, let readyPeers): "\(status.name), \(readyPeers) of \(peers) peers ready"
    }
  }
}
