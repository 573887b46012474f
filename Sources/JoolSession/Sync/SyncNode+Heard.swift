internal import JoolCore
internal import OrderedCollections

/// Who has what of whom: so that what a node said last before it died, and only some heard, gets to all.
extension SyncNode {
  /// What this node has of all others: of those that are there first, or many old frames repeated could displace them.
  func heard(now: Instant) -> [SyncFrame.Heard] {
    let present = peers.map { node, peer in
      SyncFrame.Heard(
        sender: SyncSender(node: node, epoch: peer.epoch), next: peer.isEstablished ? peer.stream.certain : 1,
        silence: Milliseconds(now - peer.lastHeard))
    }
    let strangers = greeted.map { SyncFrame.Heard(sender: $0, next: 1, silence: Milliseconds(now - $1)) }
    let alive = present.filter { $0.silence.duration < SyncPeer.patience }
    let gone = present.filter { $0.silence.duration >= SyncPeer.patience } + departed.heard(now: now)
    let all = alive.sorted(by: Self.comesFirst) + strangers + gone.sorted(by: Self.comesFirst)
    return Array(all.filter { $0.silence < DepartedNodes.memory }.prefix(path.heard))
  }

  private static func comesFirst(_ left: SyncFrame.Heard, _ right: SyncFrame.Heard) -> Bool {
    (left.silence.rawValue, left.sender.node, left.sender.epoch)
      < (right.silence.rawValue, right.sender.node, right.sender.epoch)
  }

  /// Whether a sealed frame proves that it was made since this node started: it is a hello that names it. If not, the sender is
  /// named in our next hello, so that it can prove it.
  mutating func isAnswer(_ datagram: RawSpan, now: Instant) throws(WireFormatError) -> Bool {
    let frame = try SyncFrame(decoding: datagram, pool6: table.pool6)
    if case .hello(let hello) = frame.body, hello.heard.contains(where: { $0.sender == identity }) {
      greeted[frame.sender] = nil
      return true
    }
    if greeted[frame.sender] == nil {
      greeted = greeted.filter { now - $0.value < SyncPeer.patience }
      guard greeted.count < Self.maxPeers else { return false }
      nextHello = min(nextHello, now + jitter(upTo: 50))
    }
    greeted[frame.sender] = now
    return false
  }

  /// The start `peer.epoch` of a node is over, or there is no more room for it.
  mutating func depart(_ node: UInt64, _ peer: SyncPeer) {
    guard peer.isEstablished else { return }
    departed.add(SyncSender(node: node, epoch: peer.epoch), next: peer.stream.certain, lastHeard: peer.lastHeard)
  }

  /// Gets the table of a peer that has more than this node of what another one said, which does not say it any more.
  mutating func resyncIfBehind(_ node: UInt64, _ hello: SyncFrame.Hello, now: Instant) {
    guard joining == nil, hello.isReady, hello.heard.contains(where: { isBehind($0, now: now) }) else {
      peers[node]?.hasMoreSince = nil
      return
    }
    let since = peers[node]?.hasMoreSince ?? now
    peers[node]?.hasMoreSince = since
    guard now - since >= SyncPeer.proof else { return }
    resync(from: node, lost: peers[node]?.stream.lost ?? 0, now: now)
  }

  private func isBehind(_ theirs: SyncFrame.Heard, now: Instant) -> Bool {
    guard theirs.sender != identity, theirs.silence.duration >= SyncPeer.patience, theirs.silence < DepartedNodes.memory
    else { return false }
    if let peer = peers[theirs.sender.node], peer.epoch == theirs.sender.epoch {
      return !peer.isAlive(at: now) && peer.stream.certain < theirs.next
    }
    return departed.lacks(theirs)
  }

  /// What a peer's table covers.
  func had(by source: UInt64?) -> [SyncFrame.Heard] {
    guard let source, let peer = peers[source] else { return [] }
    let own = SyncFrame.Heard(
      sender: SyncSender(node: source, epoch: peer.epoch), next: peer.stream.highest + 1, silence: Milliseconds(0))
    return [own] + (peer.hello?.heard ?? [])
  }

  /// The table of a peer has come that had all this.
  mutating func cover(_ heard: [SyncFrame.Heard], now: Instant) {
    for their in heard where their.sender != identity {
      if peers[their.sender.node]?.epoch == their.sender.epoch {
        peers[their.sender.node]?.stream.cover(before: their.next, now: now)
      } else {
        departed.add(their.sender, next: their.next, lastHeard: now - their.silence.duration)
      }
    }
  }
}

/// Starts of nodes that are over, or that only others have heard: how much of their updates has come.
struct DepartedNodes: Sendable {
  /// They are forgotten after being silent for this long, by all at about the same time.
  static let memory = Milliseconds(3_600_000)
  /// So many that no group has them; forged ones are no news then.
  private static let capacity = 256

  private var known: [SyncSender: (next: UInt64, lastHeard: ContinuousClock.Instant)] = [:]

  mutating func add(_ sender: SyncSender, next: UInt64, lastHeard: ContinuousClock.Instant) {
    guard let old = known[sender] else {
      if known.count < Self.capacity { known[sender] = (next, lastHeard) }
      return
    }
    known[sender] = (max(old.next, next), max(old.lastHeard, lastHeard))
  }

  /// - Returns: before which update all had come.
  mutating func remove(_ sender: SyncSender) -> UInt64? { known.removeValue(forKey: sender)?.next }

  mutating func forget(now: ContinuousClock.Instant) {
    known = known.filter { now - $0.value.lastHeard < Self.memory.duration }
  }

  func heard(now: ContinuousClock.Instant) -> [SyncFrame.Heard] {
    known.map { SyncFrame.Heard(sender: $0, next: $1.next, silence: Milliseconds(now - $1.lastHeard)) }
  }

  /// Whether a peer has more of a node.
  func lacks(_ theirs: SyncFrame.Heard) -> Bool {
    if let ours = known[theirs.sender] { return ours.next < theirs.next }
    return theirs.next > 1 && known.count < Self.capacity
  }
}
