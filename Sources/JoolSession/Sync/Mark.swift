/// What others had at a moment. Under steady load something is always on its way: whoever has all of that is near enough.
struct Mark: Hashable, Sendable {
  let vector: VersionVector
  let takenAt: Instant

  /// - Parameters:
  ///   - own: what this node has.
  ///   - known: what others have now. What only those had who are gone counts no more.
  func isMet(by own: VersionVector, known: VersionVector) -> Bool {
    vector.incarnations.allSatisfy { own[$0].next >= min(vector[$0].next, known[$0].next) }
  }
}
