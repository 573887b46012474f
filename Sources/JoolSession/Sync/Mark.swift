/// The version vector that the other nodes had at one moment.
///
/// Under steady load an update is always in flight, so a node never has everything. A node that has everything of a
/// recent mark is close enough to its peers.
struct Mark: Hashable, Sendable {
  let vector: VersionVector
  let takenAt: Instant

  /// Whether this node has everything of the mark that others still have.
  /// - `own`: the version vector of this node.
  /// - `known`: the version vector of the others now. Updates that only timed-out nodes had no longer count.
  func isMet(by own: VersionVector, known: VersionVector) -> Bool {
    vector.incarnations.allSatisfy { own[$0].next >= min(vector[$0].next, known[$0].next) }
  }
}
