/// The validated peers, in ascending order of their incarnations.
///
/// There are at most 64, so a linear search is enough.
///
/// A peer is changed in place. With a dictionary, each datagram would cost several heap allocations, because its
/// subscript allocates for each change of a value of this size.
struct PeerTable: Sendable {
  private(set) var values: ContiguousArray<SyncPeer> = []

  var keys: [Incarnation] { values.map(\.incarnation) }
  var count: Int { values.count }

  private func position(of incarnation: Incarnation) -> Int? {
    values.indices.first { values[$0].incarnation == incarnation }
  }

  subscript(incarnation: Incarnation) -> SyncPeer? { position(of: incarnation).map { values[$0] } }

  /// Reads a peer without copying it.
  /// - Returns: `nil` if there is no such peer.
  func read<Result>(_ incarnation: Incarnation, _ body: (borrowing SyncPeer) -> Result) -> Result? {
    position(of: incarnation).map { body(values[$0]) }
  }

  /// Changes a peer in place.
  /// - Returns: `nil` if there is no such peer.
  @discardableResult
  mutating func update<Result>(_ incarnation: Incarnation, _ body: (inout SyncPeer) -> Result) -> Result? {
    guard let position = position(of: incarnation) else { return nil }
    return body(&values[position])
  }

  mutating func insert(_ peer: SyncPeer) {
    remove(peer.incarnation)
    let position = values.firstIndex { $0.incarnation > peer.incarnation } ?? values.endIndex
    values.insert(peer, at: position)
  }

  @discardableResult
  mutating func remove(_ incarnation: Incarnation) -> SyncPeer? {
    position(of: incarnation).map { values.remove(at: $0) }
  }
}
