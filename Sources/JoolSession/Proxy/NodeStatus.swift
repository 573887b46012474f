/// The state of a node, and whether it may have the addresses.
public struct NodeStatus: Hashable, Sendable {
  /// The state of a node, as `jool session proxy status` prints it.
  public enum State: String, CaseIterable, Hashable, Sendable {
    /// The node has no table yet: it waits for that of a peer.
    case starting
    /// Its table lacks something that peers have, or its module lacks something of the table.
    case mending
    /// The node has what its peers have, and so has its module.
    case ready
    /// `ss-enabled` is off.
    case disabled
    /// The module or the instance is away.
    case absent
  }

  /// The state of the node.
  public var state: State
  /// Whether the node may have the addresses, as the track file and `--ready` report it.
  ///
  /// A node that falls back from `ready` to `mending` keeps this right until another node has promised to keep its own.
  public var isReady: Bool
  /// The reason why the node is `mending`, as a sentence.
  public var reason: String?

  /// Creates a status.
  ///
  /// `reason` is the reason why the node is `mending`, as a sentence.
  public init(_ state: State, isReady: Bool, because reason: String? = nil) {
    self.state = state
    self.isReady = isReady
    self.reason = reason
  }

  /// The name of the state for people.
  ///
  /// It is `ready, mending` for a `mending` node that may have the addresses.
  public var name: String { Self.name(state.rawValue, isReady: isReady) }

  static func name(_ state: String, isReady: Bool) -> String {
    isReady && state == State.mending.rawValue ? "\(State.ready.rawValue), \(state)" : state
  }
}

extension SessionProxy {
  /// The state of this node, and whether it may have the addresses.
  ///
  /// `absent` while there is no module.
  public var nodeStatus: NodeStatus {
    if isMirror { return mirrorStatus }
    guard module.isAttached, let node, let kernel = module.kernel else { return NodeStatus(.absent, isReady: false) }
    guard kernel.isEnabled else { return NodeStatus(.disabled, isReady: false) }
    let may = node.right.may
    switch node.state {
    case .starting: return NodeStatus(.starting, isReady: may)
    case .mending: return NodeStatus(.mending, isReady: may, because: node.readiness.reason?.sentence)
    case .ready: return NodeStatus(.ready, isReady: may)
    }
  }
}

extension SessionProxy {
  /// The state of a mirror, which counts as ready while it has what its peers have.
  ///
  /// It never has the right to the addresses. Without pool6 it is `starting`.
  private var mirrorStatus: NodeStatus {
    guard let node else { return NodeStatus(.starting, isReady: false) }
    switch node.state {
    case .starting: return NodeStatus(.starting, isReady: false)
    case .mending: return NodeStatus(.mending, isReady: false, because: node.readiness.reason?.sentence)
    case .ready: return NodeStatus(.ready, isReady: true)
    }
  }
}

extension Readiness.Reason {
  fileprivate var sentence: String {
    switch self {
    case .loss: "Updates of peers are lost, and can no longer be retransmitted. This node waits for a peer's table."
    case .behind: "Updates of peers have been missing for more than a second."
    case .module: "The module does not have all sessions of the table yet."
    case .slept: "The process was stopped for some seconds, and may have missed updates."
    case .moduleAway: "The module or the instance was absent, or synchronization was disabled."
    }
  }
}
