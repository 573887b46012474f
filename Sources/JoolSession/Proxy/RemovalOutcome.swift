/// What became of an order to remove mappings.
public struct RemovalOutcome: Hashable, Sendable {
  /// The number of mappings that were removed from the group's table.
  public var removed: Int
  /// The number of mappings that were left, because they are static in the node's module.
  public var statics: Int
  /// The number of SS2 nodes that were received within five seconds; the removal was sent to them.
  public var peers: Int
  /// The number of C proxies in the group, which keep their sessions.
  public var legacyPeers: Int
  /// Whether the node's own module removes the mappings now.
  public var module: Module

  /// What the node's own module does.
  public enum Module: String, Hashable, Sendable {
    /// It removes the mappings now.
    case removes
    /// It is absent or takes no sessions. It removes the mappings when that has changed.
    case waits
    /// The node is a mirror, which has no module.
    case none
  }

  /// Makes an outcome.
  public init(removed: Int, statics: Int = 0, peers: Int = 0, legacyPeers: Int = 0, module: Module) {
    self.removed = removed
    self.statics = statics
    self.peers = peers
    self.legacyPeers = legacyPeers
    self.module = module
  }

  /// The outcome as one line.
  public var text: String {
    "removed \(removed) statics \(statics) peers \(peers) c-proxies \(legacyPeers) module \(module.rawValue)"
  }

  /// Reads `text`; `nil` if it is something else.
  public init?(text: String) {
    let words = text.split(separator: " ")
    let names = stride(from: 0, to: words.count, by: 2).map { words[$0] }
    guard words.count == 10, names == ["removed", "statics", "peers", "c-proxies", "module"],
      let removed = Int(words[1]), let statics = Int(words[3]), let peers = Int(words[5]), let legacy = Int(words[7]),
      let module = Module(rawValue: String(words[9]))
    else { return nil }
    self.init(removed: removed, statics: statics, peers: peers, legacyPeers: legacy, module: module)
  }
}

/// The reason why a node does not remove mappings.
public enum RemovalRefusal: Error, Hashable, Sendable {
  /// The node has no table yet, so its removals could be older than what its peers have.
  case hasNoTable
  /// The group remembers as many removals as it can.
  case tooMany(limit: Int)
}

extension RemovalRefusal: CustomStringConvertible {
  /// The reason, for the user.
  public var description: String {
    switch self {
    case .hasNoTable: "it has no table yet, because it is starting or its module is absent; try again in some seconds"
    case .tooMany(let limit):
      "the group can remember \(limit) removals, and that many were made; "
        + "try again when the oldest is forgotten, after 1.25 times the timeout of its protocol"
    }
  }
}
