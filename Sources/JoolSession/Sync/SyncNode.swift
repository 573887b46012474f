internal import JoolCore
internal import OrderedCollections

/// A node of SS2 without its sockets: what the module and the peers say comes in, datagrams and sessions for the module
/// come out. Deterministic: time and chance are arguments. docs/session-sync-protocol.md is the specification.
struct SyncNode: Sendable {
  typealias Instant = ContinuousClock.Instant

  static let helloInterval = Duration.seconds(1)
  /// After the last update a hello follows soon, so that the loss of that one is noticed.
  static let helloAfterUpdate = Duration.milliseconds(50)
  /// Peers beyond this many are not heard: the table has a byte for whose word was the last.
  static let maxPeers = 64
  /// Who spoke last about a session if it was a C proxy.
  static let legacyOrigin: UInt8 = 255

  let identity: SyncSender
  var limits: SessionLimits
  var path = PathSize.ethernet
  /// Sessions with the expiry that was advertised: the same on every node.
  var table: SessionTable
  var peers: [UInt64: SyncPeer] = [:]
  var departed = DepartedNodes()
  /// What peers are told of this node's settings; `nil`: nothing yet.
  var told: Told?
  /// How often peers have told settings that were news.
  var settingsHeard = 0
  /// Senders of sealed frames that have not yet proved to be there now, and when they were last heard.
  var greeted: OrderedDictionary<SyncSender, Instant> = [:]
  var resend = ResendQueue()
  var joining: Joining?
  var serving: [UInt64: BulkTransfer] = [:]
  /// For tables and repairs, and for repeated updates.
  var budget = SendBudget()
  var repeats = SendBudget()
  var repairs = Repairs()
  var random: SeededGenerator
  var counters = SyncCounters()
  /// Who last sent under the number of a node what that node cannot have sent.
  var impostor: Impostor?

  var clock: HybridClock
  /// News that leaves with the next flush.
  var pending: OrderedDictionary<SessionKey, SyncRecord> = [:]
  /// Refreshes that leave with it, too, or later if the network is slow.
  var refreshes: OrderedDictionary<SessionKey, SessionEntry> = [:]
  /// Whether what was sent waits: then only news is added to it.
  var isCongested = false
  /// What has not been said because it was said a short time ago.
  var owed = OwedWords()
  /// What C proxies said that no node has said yet.
  var legacyWords = LegacyWords()
  /// While the module's table is being read: the sessions that need nothing more, because they were compared, or were
  /// said meanwhile, which is newer than what was read.
  var settled: Set<SessionKey>?
  /// After that the table is gone through; `nil`: it was.
  var sweep: Sweep?
  /// What the module announced before the node was ready, and so perhaps could not say with a version high enough.
  var overheard: Set<SessionKey> = []
  /// Whether the module may be told anything. What it has may be newer than what peers say, so that is read first.
  var knowsModule = false
  var output = Output()
  var nextHello: Instant

  struct Impostor: Sendable {
    var node: UInt64
    /// `nil`: that of the node itself, as far as one can see.
    var address: IPv6Address?
    var time: Instant
  }

  /// What is to be done outside.
  struct Output: Sendable {
    /// Frames for the group, in this order.
    var datagrams: [[UInt8]] = []
    /// What this node has to say about sessions, for peers that do not speak SS2; with the advertised expirations.
    var announcements: [SessionEntry] = []
    /// For the module.
    var sessions: [SessionEntry] = []
    /// BIB entries of the module that are outdated and in the way of `sessions`.
    var evictions: [BIBEntry] = []
  }

  /// - Parameters:
  ///   - seed: of all chance, for the delays that keep nodes from speaking all at once.
  ///   - isFirst: whether to be ready at once instead of joining others.
  ///   - clock: the time of day in milliseconds since 1970; the closer to the peers', the better.
  init(
    identity: SyncSender, table: SessionTable, limits: SessionLimits, seed: UInt64, isFirst: Bool, clock: UInt64,
    now: Instant
  ) {
    self.identity = identity
    self.table = table
    self.limits = limits
    random = SeededGenerator(seed: seed)
    let tag = UInt16.random(in: 1..<UInt16(Version.tags), using: &random)
    self.clock = HybridClock(time: clock, tag: tag, now: now)
    nextHello = now
    joining = isFirst ? nil : Joining(since: now)
  }

  /// Whether the node has what its peers have, and may take over.
  var isReady: Bool { joining == nil }

  /// What is to be done, once.
  mutating func takeOutput(now: Instant) -> Output {
    flush(now: now)
    defer { output = Output() }
    return output
  }

  mutating func send(_ body: SyncFrame.Body, to target: UInt64 = 0) {
    let frame = SyncFrame(sender: identity, sequence: resend.last, target: target, body: body)
    output.datagrams.append(frame.encoded())
  }

  mutating func jitter(upTo milliseconds: Int) -> Duration {
    .milliseconds(Int.random(in: 0...milliseconds, using: &random))
  }

  // MARK: Time

  /// When `advance(to:)` has something to do.
  var nextDeadline: Instant {
    var earliest = min(nextHello, joining?.deadline ?? nextHello, repairs.deadline ?? nextHello)
    if let room = budget.nextRoom, !repairs.outgoing.isEmpty || serving.values.contains(where: \.hasMore) {
      earliest = min(earliest, room)
    }
    if let due = owed.deadline { earliest = min(earliest, due) }
    if let due = legacyWords.deadline { earliest = min(earliest, due) }
    if let sweep { earliest = min(earliest, sweep.since) }
    if let told { earliest = min(earliest, told.next) }
    for peer in peers.values { earliest = min(earliest, peer.stream.deadline ?? earliest) }
    return earliest
  }

  mutating func advance(to now: Instant) {
    table.expire(now: now)
    if peers.values.contains(where: { $0.stream.isDue(now: now) }) {
      for node in peers.filter({ $0.value.stream.isDue(now: now) }).keys.sorted() { askAgain(node, now: now) }
    }
    continueJoining(now: now)
    sendRepairs(now: now)
    finishRepairs(now: now)
    continueServing(now: now)
    continueSweep(now: now)
    sayOwedWords(now: now)
    sayLegacyWords(now: now)
    if now >= nextHello { sendHello(now: now) }
    sendSettings(now: now)
  }

  private mutating func sendHello(now: Instant) {
    flush(now: now)  // or the digest would have what peers cannot know
    serving = serving.filter { now - $0.value.lastCredit < SyncPeer.patience }
    nextHello = now + Self.helloInterval + jitter(upTo: 100)
    departed.forget(now: now)
    send(
      .hello(
        SyncFrame.Hello(
          isReady: isReady, clock: clock.latest, sessions: UInt64(table.count), rootDigest: table.rootDigest,
          pool6: table.pool6, heard: heard(now: now))))
  }

  // MARK: Frames

  /// A datagram that `SyncFrame.isFrame` recognized.
  mutating func receive(
    _ datagram: RawSpan, from address: IPv6Address? = nil, now: Instant
  ) throws(WireFormatError) {
    let frame = try SyncFrame(decoding: datagram, pool6: table.pool6)
    if frame.sender.node == identity.node, frame.sender != identity {
      noteImpostor(of: identity.node, address, now: now)
    }
    guard frame.sender.node != identity.node, var peer = admit(frame, from: address, now: now) else { return }
    // What is pending was said before what is heard now.
    flush(now: now)
    let node = frame.sender.node
    let delay = jitter(upTo: UpdateStream.jitter)
    if case .update(let records) = frame.body {
      let isNew = peer.stream.receive(frame.sequence, now: now, jitter: delay)
      peers[node] = peer
      // It came over another link, or was repeated for somebody else.
      guard isNew else { return }
      if output.sessions.isEmpty { output.sessions.reserveCapacity(records.count) }
      for record in records { merge(record, origin: peer.index, now: now) }
      resyncIfLost(node, now: now)
      return
    }
    if peer.stream.heard(last: frame.sequence, now: now, jitter: delay) {
      peer.mended = min(peer.mended, peer.stream.lost)
      noteImpostor(of: node, nil, now: now)
    }
    peers[node] = peer
    guard frame.target == 0 || frame.target == identity.node else { return }
    switch frame.body {
    case .update: break
    case .hello(let hello): hear(hello, from: node, now: now)
    case .nak(let ranges): repeatUpdates(ranges, now: now)
    case .gone(_, let last):
      peers[node]?.stream.gone(until: last)
      resyncIfLost(node, now: now)
    case .join(let join): serve(join, to: node, now: now)
    case .bulk(let bulk): receive(bulk, from: node, now: now)
    case .digests(let first, let digests): compare(groups: digests, first: first, from: node, now: now)
    case .buckets(let group, let digests): compare(buckets: digests, of: group, from: node, now: now)
    case .repair(let bucket, let records): receive(repair: records, of: bucket, from: node, now: now)
    case .settings(let part):
      if peers[node]?.settings.receive(part, now: now) == true { settingsHeard += 1 }
    }
  }

  /// Somebody sends what this node never sent.
  private mutating func noteImpostor(of node: UInt64, _ address: IPv6Address?, now: Instant) {
    counters.impostors += 1
    impostor = Impostor(node: node, address: address, time: now)
  }

  /// The sender, known or new. `nil` for another start than the present one, and for one peer too many.
  private mutating func admit(_ frame: SyncFrame, from address: IPv6Address?, now: Instant) -> SyncPeer? {
    let (node, epoch) = (frame.sender.node, frame.sender.epoch)
    if var peer = peers[node] {
      if peer.epoch != epoch {
        guard peer.yields(to: epoch, now: now) else {
          peers[node] = peer
          noteImpostor(of: node, address, now: now)
          return nil
        }
        depart(node, peer)
        peer = SyncPeer(epoch: epoch, index: peer.index, address: address, lastHeard: now)
      }
      // Both have gone their own ways meanwhile.
      if !peer.isAlive(at: now) { peer.comparison = RootComparison() }
      peer.lastHeard = now
      peer.address = address
      peers[node] = peer
      return peer
    }
    guard let index = freeIndex(now: now) else {
      counters.strangers += 1
      return nil
    }
    var peer = SyncPeer(epoch: epoch, index: index, address: address, lastHeard: now)
    if let known = departed.remove(frame.sender) { peer.stream.cover(before: known, now: now) }
    peers[node] = peer
    // It waits for our word to know whether it is alone.
    nextHello = min(nextHello, now + jitter(upTo: 50))
    repeatSettings(after: Self.helloInterval, now: now)
    return peer
  }

  /// A number for one more peer, if need be that of the one that has been silent for longest.
  private mutating func freeIndex(now: Instant) -> UInt8? {
    if peers.count >= Self.maxPeers {
      guard let (node, peer) = peers.min(by: { ($0.value.lastHeard, $0.key) < ($1.value.lastHeard, $1.key) }),
        !peer.isAlive(at: now)
      else { return nil }
      depart(node, peer)
      peers[node] = nil
      serving[node] = nil
    }
    let used = Set(peers.values.map(\.index))
    return (1...UInt8(Self.maxPeers)).first { !used.contains($0) }
  }

  private mutating func hear(_ hello: SyncFrame.Hello, from node: UInt64, now: Instant) {
    peers[node]?.receive(hello, now: now)
    clock.note(hello.clock)
    resyncIfLost(node, now: now)
    resyncIfBehind(node, hello, now: now)
    compareRoot(with: node, now: now)
  }
}

/// What happened on the wire.
struct SyncCounters: Hashable, Sendable {
  /// Updates of the module that peers knew already.
  var coalesced: UInt64 = 0
  var newsSent: UInt64 = 0
  var refreshesSent: UInt64 = 0
  /// Records that were older than what the table had.
  var outdated: UInt64 = 0
  var naksSent: UInt64 = 0
  var updatesRepeated: UInt64 = 0
  var repairs: UInt64 = 0
  /// Sessions that an audit found in the module, which had not announced them.
  var unannounced: UInt64 = 0
  var evictions: UInt64 = 0
  /// Transfers of a table: to a starting node, and after updates were lost for good.
  var joins: UInt64 = 0
  var resyncs: UInt64 = 0
  /// Frames of nodes that there was no room for.
  var strangers: UInt64 = 0
  /// Frames of another start than a node's present one, and numbers of updates that a node does not have.
  var impostors: UInt64 = 0

  /// All, by their names in the statistics server's full report.
  var named: [(String, UInt64)] {
    [
      ("COALESCED", coalesced), ("NEWS", newsSent), ("REFRESHES", refreshesSent), ("OUTDATED", outdated),
      ("NAKS", naksSent), ("UPDATES_REPEATED", updatesRepeated), ("REPAIRS", repairs), ("UNANNOUNCED", unannounced),
      ("EVICTIONS", evictions),
      ("JOINS", joins), ("RESYNCS", resyncs), ("STRANGERS", strangers), ("IMPOSTORS", impostors),
    ]
  }
}
