internal import JoolCore

/// Version vectors: what this node has, what others have, and what this node lacks.
extension PeerSet {
  /// What this node has of an incarnation.
  func progress(of incarnation: Incarnation) -> Progress {
    if let peer = peers[incarnation] { return peer.stream.progress }
    return retired[incarnation]?.progress ?? Progress()
  }

  /// What this node has of all other incarnations that may be mentioned in hellos and counted as missing.
  func vector(now: Instant) -> VersionVector {
    var vector = VersionVector()
    for peer in peers.values where isCurrent(peer.incarnation, now: now) {
      vector[peer.incarnation] = peer.stream.progress
    }
    for incarnation in retired.incarnations where retired.isCurrent(incarnation, now: now) {
      vector[incarnation] = progress(of: incarnation)
    }
    return vector
  }

  /// Whether an incarnation may be mentioned in hellos and counted as missing.
  private func isCurrent(_ incarnation: Incarnation, now: Instant) -> Bool {
    guard let peer = peers[incarnation] else { return retired.isCurrent(incarnation, now: now) }
    return !peer.hasOtherPool6 && now - peer.lastHeard < retired.memory.mention
  }

  /// The most that is known to exist of each incarnation, by the peers that have not timed out.
  ///
  /// Each of them counts for its own updates, and those with a table for their entries of others, too. Updates that
  /// only timed-out nodes had do not count, because no node can send them.
  func known(now: Instant) -> VersionVector {
    var known = VersionVector()
    for peer in peers.values where isHeard(peer, now: now) {
      known.raise(peer.incarnation, to: Progress(next: peer.stream.said))
      guard peer.state.hasTable else { continue }
      for (incarnation, advertised) in peer.entries where incarnation != own {
        guard isCurrent(incarnation, now: now), now - advertised.lastHeard < retired.memory.mention else { continue }
        known.raise(incarnation, to: advertised.entry.progress)
      }
    }
    return known
  }

  /// Passes to the stream of each peer what other peers have of that peer's updates.
  mutating func noteKnown(_ known: VersionVector, now: Instant, jitter: TimeAmount) {
    for incarnation in peers.keys {
      peers.update(incarnation) { $0.stream.mention(next: known[incarnation].next, now: now, jitter: jitter) }
    }
  }

  /// What others have of an incarnation.
  func known(_ incarnation: Incarnation, now: Instant) -> Progress { known(now: now)[incarnation] }

  func losses(now: Instant) -> [Incarnation] { losses(known: known(now: now), now: now) }

  /// The incarnations of which others have more than this node, although that cannot be retransmitted to it.
  ///
  /// They are in ascending order.
  func losses(known: VersionVector, now: Instant) -> [Incarnation] {
    known.incarnations.filter { incarnation in
      let (ours, theirs) = (progress(of: incarnation), known[incarnation])
      guard let peer = peers[incarnation], isHeard(peer, now: now) else {
        return theirs.next > ours.next || theirs.end > ours.end
      }
      return theirs.next > ours.next && (ours.next == 0 || peer.stream.isLost)
    }
  }

  // MARK: Tables of peers

  /// The version vector of a source's table, by its last hello; `nil` if the source is no peer.
  ///
  /// It must be taken when the table is requested, because a later vector may include updates that are not in the
  /// transfer.
  func mark(of source: Incarnation, now: Instant) -> VersionVector? {
    guard let peer = peers[source] else { return nil }
    var mark = VersionVector()
    for incarnation in peer.entries.keys where incarnation != own && isCurrent(incarnation, now: now) {
      mark[incarnation] = peer.progress(of: incarnation)
    }
    mark[source] = peer.progress(of: source)
    return mark
  }

  /// Adds the version vector of a table that was fetched to what this node has.
  mutating func cover(_ mark: VersionVector) {
    for incarnation in mark.incarnations where incarnation != own {
      let progress = mark[incarnation]
      guard peers[incarnation]?.hasOtherPool6 != true else { continue }
      if peers[incarnation] != nil {
        peers.update(incarnation) { $0.stream.cover(progress) }
      } else {
        retired.cover(incarnation, progress)
      }
    }
  }

  /// The peers whose table would be useful, the best first.
  ///
  /// The criteria are, in this order: ready before mending; a table that covers all losses; not tried last; more
  /// sessions; the lower incarnation.
  /// - `losses`: the incarnations of which this node lacks something.
  /// - `isStarting`: whether any table is useful, because this node has none.
  /// - `last`: the peer that was tried last.
  func sources(
    for losses: [Incarnation], known: VersionVector, isStarting: Bool, last: Incarnation?, now: Instant
  ) -> [Incarnation] {
    func rank(_ peer: SyncPeer) -> (Int, Int, Int, UInt64, UInt64) {
      let coversAll = losses.allSatisfy { peer.progress(of: $0).covers(known[$0]) }
      return (
        peer.state == .ready ? 0 : 1, coversAll ? 0 : 1, peer.incarnation == last ? 1 : 0,
        UInt64.max - peer.hello.sessions, peer.incarnation.number
      )
    }
    let candidates = heard(now: now).filter { peer in
      guard peer.state.hasTable, peer.hears(own, at: now) else { return false }
      return isStarting
        || losses.contains { incarnation in
          let (ours, theirs) = (progress(of: incarnation), peer.progress(of: incarnation))
          return theirs.next > ours.next || theirs.end > ours.end
        }
    }
    return candidates.map { (rank($0), $0.incarnation) }.sorted { $0.0 < $1.0 }.map(\.1)
  }

  // MARK: The group's first node

  /// Whether hellos are received from a node with a table, or from one that mentions such a node as alive.
  func hasSignOfTable(now: Instant) -> Bool {
    if unvalidated.present(now: now).contains(where: { $0.sender.hasSignOfTable }) { return true }
    return peers.values.contains { peer in
      guard isHeard(peer, now: now) else { return false }
      return peer.state.hasTable
        || peer.entries.values.contains { $0.entry.isTable(besides: own) && now - $0.at < SyncPeer.timeout }
    }
  }

  /// Whether no hello has arrived since the start.
  var hasHeardNobody: Bool { peers.values.isEmpty && unvalidated.count == 0 }

  /// Whether hellos are received from a starting node with a lower incarnation.
  func hasLowerStartingNode(now: Instant) -> Bool {
    unvalidated.present(now: now).contains {
      $0.incarnation < own && !$0.sender.hasTable && !$0.sender.hasOtherPool6
    } || peers.values.contains { isHeard($0, now: now) && $0.incarnation < own && $0.state == .starting }
  }
}

extension SyncFrame.HelloEntry {
  /// Whether the entry mentions a node other than `own` that is alive and has a table.
  func isTable(besides own: Incarnation) -> Bool {
    incarnation != own && flags.contains([.heard, .hasTable]) && !flags.contains(.hasOtherPool6)
  }
}
