internal import JoolCore

/// Who is there, and who has what.
struct PeerSet: Sendable {
  /// Peers beyond this many are not heard: the table has a byte for whose word was the last.
  static let capacity = 64

  /// What became of a hello.
  enum HelloOutcome: Hashable, Sendable {
    /// A late one.
    case outdated
    /// The sender does not mention us.
    /// - answer: whether a hello soon would tell it something new.
    case unvalidated(answer: Bool)
    /// There is no room for one more peer.
    case noRoom
    case otherPool6(isNew: Bool)
    case peer(isFirstContact: Bool)
  }

  let own: Incarnation
  var pool6: IPv6Prefix
  var peers = PeerTable()
  var retired: RetiredPeers
  var unvalidated = UnvalidatedSenders()
  /// Where the next hello goes on if not all fits one.
  var heardCursor = 0
  var retiredCursor = 0

  init(own: Incarnation, pool6: IPv6Prefix, memory: PeerMemory = PeerMemory()) {
    self.own = own
    self.pool6 = pool6
    retired = RetiredPeers(memory: memory)
  }

  subscript(incarnation: Incarnation) -> SyncPeer? { peers[incarnation] }

  /// All validated ones, by number.
  var all: [SyncPeer] { Array(peers.values) }

  /// Those that are there and have our pool6, by number.
  func heard(now: Instant) -> [SyncPeer] { all.filter { isHeard($0, now: now) } }

  func isHeard(_ peer: SyncPeer, now: Instant) -> Bool { !peer.hasOtherPool6 && peer.isAlive(at: now) }

  func isHeard(_ incarnation: Incarnation, now: Instant) -> Bool {
    peers.read(incarnation) { !$0.hasOtherPool6 && $0.isAlive(at: now) } ?? false
  }

  // MARK: Frames

  /// A frame came.
  /// - Returns: whether its sender is validated.
  mutating func notes(_ header: SyncFrame.Header, from address: IPv6Address?, now: Instant) -> Bool {
    let acquaintance = retired.memory.acquaintance
    let isKnown = peers.update(header.sender) { peer in
      guard now - peer.lastHeard < acquaintance else { return false }
      peer.lastHeard = max(peer.lastHeard, now)
      peer.address = address
      return true
    }
    if isKnown == false { retire(header.sender) }
    return isKnown ?? false
  }

  mutating func receive(
    hello: SyncFrame.Hello, header: SyncFrame.Header, from address: IPv6Address?, now: Instant, jitter: Duration
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

  /// An update of a validated peer came.
  /// - Returns: whether it is new.
  mutating func receive(update sequence: UInt64, of incarnation: Incarnation, now: Instant, jitter: Duration) -> Bool {
    peers.update(incarnation) { $0.stream.receive(sequence, now: now, jitter: jitter) } ?? false
  }

  /// Another frame of a validated peer came.
  mutating func raise(last sequence: UInt64, of incarnation: Incarnation, now: Instant, jitter: Duration) {
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

  // MARK: What is missing

  /// A peer cannot send its updates up to `last` again.
  mutating func unavailable(until last: UInt64, of incarnation: Incarnation) {
    peers.update(incarnation) { $0.stream.unavailable(until: last) }
  }

  /// When a peer should be asked for what is missing.
  var nextQuestion: Instant? {
    var earliest: Instant?
    for position in peers.values.indices {  // an iterator would copy each peer
      guard let deadline = peers.values[position].stream.deadline else { continue }
      earliest = min(earliest ?? deadline, deadline)
    }
    return earliest
  }

  /// Peers that should be asked now, by number.
  func due(now: Instant) -> [Incarnation] {
    guard let next = nextQuestion, next <= now else { return [] }
    return peers.values.filter { $0.stream.isDue(now: now) }.map(\.incarnation).sorted()
  }

  /// What to ask a peer for.
  mutating func ask(_ incarnation: Incarnation, now: Instant) -> [SyncFrame.MissingUpdates] {
    peers.update(incarnation) { $0.stream.ask(now: now) } ?? []
  }

  /// A peer cannot be asked: what is missing is lost.
  mutating func giveUp(on incarnation: Incarnation) {
    peers.update(incarnation) { $0.stream.giveUp() }
  }

  /// About how many entries a hello has that has room for all.
  var entryCount: Int { peers.count + unvalidated.count + retired.count }

  // MARK: Who goes

  /// A number for one more peer, if need be that of the one that has been silent for longest.
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

  /// Forgets what is old.
  mutating func forget(now: Instant) {
    for peer in peers.values where now - peer.lastHeard >= retired.memory.acquaintance { retire(peer.incarnation) }
    retired.forget(now: now)
  }

  /// This node slept: everybody counts as silent until heard again.
  mutating func timeOutAll(now: Instant) {
    for incarnation in peers.keys {
      peers.update(incarnation) { $0.lastHeard = min($0.lastHeard, now - SyncPeer.patience) }
    }
    unvalidated.removeAll()
  }

  /// When somebody times out next.
  func nextTimeout(now: Instant) -> Instant? {
    peers.values.lazy.filter { $0.isAlive(at: now) }.map { $0.lastHeard + SyncPeer.patience }.min()
  }
}
