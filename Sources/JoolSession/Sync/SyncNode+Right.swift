internal import JoolCore

/// The right to have the addresses (`AddressRight`).
extension SyncNode {
  /// Goes by what has changed: the state, the module, a hello, or a peer that is silent.
  mutating func updateRight(now: Instant) {
    var ours = peers.vector(now: now)
    // Of a silent node that said nothing, peers tell nothing.
    for incarnation in ours.incarnations where ours[incarnation].end <= 1 && !peers.isHeard(incarnation, now: now) {
      ours.remove(incarnation)
    }
    ours[identity] = Progress(next: resend.last + 1)
    let others = peers.heard(now: now).map { view(of: $0, ours: ours, now: now) }
    let own = AddressRight.Own(
      incarnation: identity, state: state, isModuleUsable: module != .away, isTranslating: isTranslating,
      sessions: UInt64(table.count))
    if right.update(own, peers: others, now: now) { helloSoon(now: now) }
  }

  private func view(of peer: SyncPeer, ours: VersionVector, now: Instant) -> AddressRight.Peer {
    let hello = peer.hello
    // What a node says itself is the other one's to follow: of that, a hello is always behind.
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
