internal import JoolCore

/// The right to the addresses (`AddressRight`).
extension SyncNode {
  /// Updates the right to the addresses after a change of the state or of the module, after a peer's hello, or after a
  /// peer has timed out.
  mutating func updateRight(now: Instant) {
    var ours = peers.vector(now: now)
    // Leave out silent nodes that have sent no update, because peers do not mention them.
    for incarnation in ours.incarnations where ours[incarnation].end <= 1 && !peers.isHeard(incarnation, now: now) {
      ours.remove(incarnation)
    }
    ours[identity] = Progress(next: transmitter.lastUpdate + 1)
    let others = peers.heard(now: now).map { view(of: $0, ours: ours, now: now) }
    let own = AddressRight.Own(
      incarnation: identity, state: state, isModuleUsable: hasModule && module.progress != .away,
      isFillingModule: module.progress(of: feed.progress) == .unmet, isTranslating: module.isTranslating,
      sessions: UInt64(table.count))
    if right.update(own, peers: others, now: now) { transmitter.hellos.scheduleSoon(now: now) }
  }

  private func view(of peer: SyncPeer, ours: VersionVector, now: Instant) -> AddressRight.Peer {
    let hello = peer.hello
    // Leave out the peer's own updates from what it must cover, and this node's from what this node must cover, because
    // hellos are always behind on the other node's latest updates.
    var (mine, theirs) = (ours, peer.vector)
    mine.remove(peer.incarnation)
    theirs.remove(identity)
    return AddressRight.Peer(
      incarnation: peer.incarnation, state: peer.state, hearsUs: peer.hears(identity, at: now), may: hello.may,
      asks: hello.asks, request: hello.request, promise: peer.promise(to: identity),
      isTranslating: hello.isTranslating, sessions: hello.sessions, coversUs: peer.vector.covers(mine),
      isCovered: ours.covers(theirs))
  }
}
