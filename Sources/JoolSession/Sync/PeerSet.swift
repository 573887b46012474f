internal import JoolCore

/// The peers, the senders that are not validated yet, the retired incarnations, and what each of them has.
struct PeerSet: Sendable {
  /// The upper bound on validated peers; more are not admitted.
  ///
  /// The table stores in one byte which of them sent a session's last record.
  static let capacity = 64

  /// The result of receiving a hello.
  enum HelloOutcome: Hashable, Sendable {
    /// A newer hello of the sender was received before.
    case outdated
    /// The sender is not validated, because its hello does not mention this node. `answer` is whether an early hello
    /// should answer it.
    case unvalidated(answer: Bool)
    /// There is no room for one more peer.
    case noRoom
    /// The sender is validated, but has another pool6. `isNew` is whether it was no peer before.
    case otherPool6(isNew: Bool)
    /// The sender is a peer. `isFirstContact` is whether it has become one, and nothing of it was remembered.
    case peer(isFirstContact: Bool)
  }

  let own: Incarnation
  let pool6: IPv6Prefix
  var peers = PeerTable()
  var retired: RetiredPeers
  var unvalidated = UnvalidatedSenders()
  /// The positions from which the next hello continues if not all entries fit one: in the peers that have not timed
  /// out, and in the timed-out and retired ones.
  var heardCursor = 0
  var retiredCursor = 0

  init(own: Incarnation, pool6: IPv6Prefix, memory: PeerMemory = PeerMemory()) {
    self.own = own
    self.pool6 = pool6
    retired = RetiredPeers(memory: memory)
  }

  subscript(incarnation: Incarnation) -> SyncPeer? { peers[incarnation] }

  /// All validated peers, in ascending order of their incarnations.
  var all: [SyncPeer] { Array(peers.values) }

  /// The peers that have not timed out and have this node's pool6, in ascending order of their incarnations.
  func heard(now: Instant) -> [SyncPeer] { all.filter { isHeard($0, now: now) } }

  func isHeard(_ peer: SyncPeer, now: Instant) -> Bool { !peer.hasOtherPool6 && peer.isAlive(at: now) }

  func isHeard(_ incarnation: Incarnation, now: Instant) -> Bool {
    peers.read(incarnation) { !$0.hasOtherPool6 && $0.isAlive(at: now) } ?? false
  }

  /// The timeouts of the peers with this node's pool6, by the peers' numbers.
  var limits: [(UInt8, SessionLimits)] {
    peers.values.indices.compactMap { position in  // an iterator would copy each peer
      peers.values[position].hasOtherPool6
        ? nil : (peers.values[position].index, peers.values[position].hello.limits)
    }
  }

  // MARK: Frames

  /// Notes the receipt of a frame.
  ///
  /// A peer that returns after too long a silence is retired: it must be validated again.
  /// - Returns: whether the frame's sender is validated.
  mutating func notes(_ header: SyncFrame.Header, from address: IPv6Address?, now: Instant) -> Bool {
    let acquaintance = retired.memory.acquaintance
    let isKnown = peers.update(header.sender) { peer in
      guard now - peer.lastHeard < acquaintance else { return false }
      peer.received(from: address, now: now)
      return true
    }
    if isKnown == false { retire(header.sender) }
    return isKnown ?? false
  }

  mutating func receive(
    hello: SyncFrame.Hello, header: SyncFrame.Header, from address: IPv6Address?, now: Instant, jitter: TimeAmount
  ) -> HelloOutcome {
    let sender = header.sender
    let hasOtherPool6 = hello.pool6 != pool6
    if peers[sender] != nil {
      guard peers.update(sender, { $0.receive(hello, header: header, now: now) }) == true else { return .outdated }
      guard !hasOtherPool6 else { return .otherPool6(isNew: false) }
      peers.update(sender) { $0.stream.confirm(last: header.sequence, now: now, jitter: jitter) }
      noteMentions(hello.entries, by: sender, now: now)
      return .peer(isFirstContact: false)
    }
    guard hello.entries.contains(where: { $0.incarnation == own }) else {
      return .unvalidated(answer: unvalidated.note(sender, hello, own: own, pool6: pool6, now: now))
    }
    guard let index = freeIndex(now: now) else { return .noRoom }
    let wasStarting = unvalidated.remove(sender)?.wasStarting == true || hello.state == .starting
    let known = retired.remove(sender, now: now)
    let progress = known ?? Progress(next: wasStarting && !hasOtherPool6 ? 1 : 0)
    peers.insert(
      SyncPeer(
        hello, header: header, progress: progress, index: index, hasOtherPool6: hasOtherPool6, address: address,
        now: now))
    guard !hasOtherPool6 else { return .otherPool6(isNew: true) }
    peers.update(sender) { $0.stream.confirm(last: header.sequence, now: now, jitter: jitter) }
    noteMentions(hello.entries, by: sender, now: now)
    return .peer(isFirstContact: known == nil)
  }

  /// Notes the receipt of an update from a validated peer.
  /// - Returns: whether the update is new.
  mutating func receive(update sequence: UInt64, of incarnation: Incarnation, now: Instant, jitter: TimeAmount) -> Bool
  {
    peers.update(incarnation) { $0.stream.receive(sequence, now: now, jitter: jitter) } ?? false
  }

  /// Notes the sequence of another frame from a validated peer.
  mutating func raise(last sequence: UInt64, of incarnation: Incarnation, now: Instant, jitter: TimeAmount) {
    peers.update(incarnation) { $0.stream.raise(last: sequence, now: now, jitter: jitter) }
  }

  private mutating func noteMentions(_ entries: [SyncFrame.HelloEntry], by sender: Incarnation, now: Instant) {
    for entry in entries where entry.incarnation != own && peers[entry.incarnation] == nil {
      guard !entry.flags.contains(.hasOtherPool6) else { continue }
      retired.mention(
        entry.incarnation, entry.progress, lastHeard: now - .seconds(Int(entry.silence) + 1),
        isHeard: entry.flags.contains(.heard), now: now)
    }
  }

  mutating func receive(_ part: SyncFrame.Settings, of incarnation: Incarnation, now: Instant) -> Bool {
    peers.update(incarnation) { $0.settings.receive(part, now: now) } ?? false
  }

  // MARK: Missing updates

  /// Notes that a peer cannot retransmit its updates up to `last`.
  mutating func unavailable(until last: UInt64, of incarnation: Incarnation) {
    peers.update(incarnation) { $0.stream.unavailable(until: last) }
  }

  /// The time at which the next NAK to any peer is due; `nil` if none is.
  var nextQuestion: Instant? {
    var earliest: Instant?
    for position in peers.values.indices {  // an iterator would copy each peer
      guard let deadline = peers.values[position].stream.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// The peers to which a NAK is due now, in ascending order of their incarnations.
  func due(now: Instant) -> [Incarnation] {
    guard let next = nextQuestion, next <= now else { return [] }
    return peers.values.filter { $0.stream.isDue(now: now) }.map(\.incarnation).sorted()
  }

  /// Takes the updates to request from a peer now; empty if no NAK is due.
  mutating func ask(_ incarnation: Incarnation, now: Instant) -> [SyncFrame.MissingUpdates] {
    peers.update(incarnation) { $0.stream.ask(now: now) } ?? []
  }

  /// Counts all missing updates of a peer as lost, because the peer cannot be asked for them.
  mutating func abandon(on incarnation: Incarnation) {
    peers.update(incarnation) { $0.stream.abandon() }
  }

  /// The approximate number of entries in a hello that has room for all of them.
  var entryCount: Int { peers.count + unvalidated.count + retired.count }

  // MARK: Retirement

  /// A table index for one more peer.
  ///
  /// If none is free, the peer that has been silent for longest is retired for it.
  /// - Returns: `nil` if no peer can be retired, because none has timed out.
  private mutating func freeIndex(now: Instant) -> UInt8? {
    if peers.count >= Self.capacity {
      let silent = peers.values.filter { !$0.isAlive(at: now) }
      guard let oldest = silent.min(by: { ($0.lastHeard, $0.incarnation) < ($1.lastHeard, $1.incarnation) }) else {
        return nil
      }
      retire(oldest.incarnation)
    }
    let used = Set(peers.values.map(\.index))
    return (1...UInt8(Self.capacity)).first { !used.contains($0) }
  }

  private mutating func retire(_ incarnation: Incarnation) {
    guard let peer = peers.remove(incarnation), !peer.hasOtherPool6 else { return }
    retired.retire(incarnation, peer.stream, lastHeard: peer.lastHeard)
  }

  /// Retires the peers that have been silent for too long, and forgets old incarnations.
  mutating func forget(now: Instant) {
    for peer in peers.values where now - peer.lastHeard >= retired.memory.acquaintance { retire(peer.incarnation) }
    retired.forget(now: now)
  }

  /// Times out all peers, because this node slept.
  ///
  /// A peer counts as silent until a frame of it is received.
  mutating func timeOutAll(now: Instant) {
    for incarnation in peers.keys {
      peers.update(incarnation) { $0.timeOut(now: now) }
    }
    unvalidated.removeAll()
  }

  /// The time at which the next peer times out; `nil` if all have timed out.
  func nextTimeout(now: Instant) -> Instant? {
    peers.values.lazy.filter { $0.isAlive(at: now) }.map { $0.lastHeard + SyncPeer.timeout }.min()
  }
}
