/// How far a node is, as hellos tell it.
enum NodeState: UInt8, Comparable, Sendable {
  /// It has no table yet.
  case starting
  /// It has a table that lacks something.
  case mending
  /// It has what others have.
  case ready

  /// Whether others may get the table.
  var hasTable: Bool { self != .starting }

  static func < (left: NodeState, right: NodeState) -> Bool { left.rawValue < right.rawValue }
}
