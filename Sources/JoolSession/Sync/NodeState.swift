/// The state of a node, as its hellos advertise it.
enum NodeState: UInt8, Comparable, Sendable {
  /// The node has no table yet.
  case starting
  /// The node has a table, but the table or the module lacks something.
  case mending
  /// The node has what its peers have, and so has its module.
  case ready

  /// Whether peers may pull the table.
  var hasTable: Bool { self != .starting }

  static func < (left: NodeState, right: NodeState) -> Bool { left.rawValue < right.rawValue }
}
