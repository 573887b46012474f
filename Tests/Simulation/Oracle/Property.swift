/// The properties that must always hold.
package enum Property: String, Codable, CaseIterable, Sendable {
  /// A ready node has the sessions that the nodes it receives had, and so has its module.
  case truthOfReady
  /// A node that became ready without a table had not received a node that has one.
  case firstIsAlone
  /// At least one node may have the addresses.
  case somebodyMay
  /// A node without a table may not have the addresses, and no mirror may.
  case onlyTheRightMay
  /// After some calm, tables are equal, including versions and times left.
  case agreement
  /// A session that must exist because of its last packet is in the table and the module of each ready node, under the
  /// right mask.
  case entitlement
  /// No session lasts longer than its last packet allows.
  case noGhosts
  /// What an administrator has removed does not come back without a newer packet.
  case noReturns
  /// A module has no entry that contradicts the table, and static entries are not removed.
  case moduleAgrees
  /// After some calm, all nodes are ready.
  case backInTime
  /// A starting node is ready soon after it has a table, and its module lacks at most the sessions of the last second.
  case promptStart
  /// After a long calm no node requests anything, and no node is mending.
  case calmIsQuiet
  /// No node sends more records than needed, or more on request than allowed.
  case budget
  /// No pair of key and nonce seals two texts.
  case nonces
  /// Every node can decode the frames of the other nodes, and every mirror its snapshots.
  case noTrap
}

/// The first time at which a property did not hold.
package struct Violation: Codable, Equatable, Sendable, CustomStringConvertible {
  package var property: Property
  package var at: Moment
  package var node: Int?
  package var text: String

  package var description: String {
    "\(property) at \(at.inSeconds) s" + (node.map { ", node \($0)" } ?? "") + ": \(text)"
  }
}
