/// What must hold at all times.
package enum Property: String, Codable, CaseIterable, Sendable {
  /// Who is ready has what the nodes that it hears had, and its module has it, too.
  case truthOfReady
  /// Who became ready without a table had heard nobody who has one.
  case firstIsAlone
  /// Somebody may have the addresses.
  case somebodyMay
  /// A node without a table may not have them.
  case onlyTheRightMay
  /// After some calm, tables are equal, versions and lives included.
  case agreement
  /// A session that a packet entitles to live is in table and module of each ready node, under the right mask.
  case entitlement
  /// No session lives longer than its last packet entitles it to.
  case noGhosts
  /// A module has no entry that contradicts the table; static ones are not removed.
  case moduleAgrees
  /// After some calm, everybody is ready.
  case backInTime
  /// Who starts is ready soon after it has a table, and its module lacks at most what is a second old.
  case promptStart
  /// After long calm nobody asks for anything, and nobody mends.
  case calmIsQuiet
  /// Nobody says more than is needed, or sends more on request than is allowed.
  case budget
  /// No key and nonce seal two texts.
  case nonces
  /// Nobody fails to read what a node has sent.
  case noTrap
}

/// A property that did not hold.
package struct Violation: Codable, Equatable, Sendable, CustomStringConvertible {
  package var property: Property
  package var at: Moment
  package var node: Int?
  package var text: String

  package var description: String {
    "\(property) at \(at.inSeconds) s" + (node.map { ", node \($0)" } ?? "") + ": \(text)"
  }
}
