public import JoolCore

/// Removals that an administrator orders on this node.
extension SessionProxy {
  /// Ends mappings with all their sessions, on all nodes of the group, for good.
  ///
  /// The datagrams for the peers are among those of the next `takeDatagrams`. The module is asked to remove the mappings
  /// by the next requests.
  /// - Parameters:
  ///   - entries: the mappings. Those that are static in the module are left.
  ///   - now: the present time.
  /// - Returns: what becomes of them.
  /// - Throws: the reason why none was removed.
  public mutating func remove(_ entries: [BIBEntry], now: Instant) throws(RemovalRefusal) -> RemovalOutcome {
    guard node.borrowed({ $0.state.hasTable }) == true else { throw .hasNoTable }
    let dynamic = entries.filter { entry in node.borrowed { $0.feed.terms.statics.contains(entry) } != true }
    let remembered = node.borrowed { $0.table.removalCount } ?? 0
    guard remembered + dynamic.count <= Removals.orderCapacity else { throw .tooMany(limit: Removals.orderCapacity) }
    node?.remove(dynamic, now: now)
    let isWritten = node.borrowed { $0.feed.isOpen } == true && module.isUsable
    return RemovalOutcome(
      removed: dynamic.count, statics: entries.count - dynamic.count,
      peers: format == .legacy ? 0 : node.borrowed { $0.peers.heard(now: now).count } ?? 0,
      legacyPeers: peerFormats.legacyCount(now: now), module: isMirror ? .none : isWritten ? .removes : .waits)
  }
}
