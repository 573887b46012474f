/// The validated peers, ascending by number. There are 64 at most, so they are searched one by one.
///
/// A peer is changed where it lies. The subscript of a dictionary asks the heap for memory several times for each change
/// of a value of this size, and that for each datagram.
struct PeerTable: Sendable {
  private(set) var values: ContiguousArray<SyncPeer> = []

  var keys: [Incarnation] { values.map(\.incarnation) }
  var count: Int { values.count }

  private func position(of incarnation: Incarnation) -> Int? {
    values.indices.first { values[$0].incarnation == incarnation }
  }

  subscript(incarnation: Incarnation) -> SyncPeer? { position(of: incarnation).map { values[$0] } }

  /// Looks at a peer without a copy of it.
  func read<Result>(_ incarnation: Incarnation, _ body: (borrowing SyncPeer) -> Result) -> Result? {
    position(of: incarnation).map { body(values[$0]) }
  }

  /// Changes a peer.
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
