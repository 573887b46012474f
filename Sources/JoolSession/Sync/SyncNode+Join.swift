internal import DequeModule
internal import JoolCore

/// How a node gets the table of another one: when it starts, and when updates were lost for good. Digests would not show
/// that: a lost refresh leaves equal sessions that live less long.
struct Joining: Sendable {
  /// Hellos are awaited for this long before a peer is chosen. Peers greet a new node within 50 ms.
  static let listening = Duration.milliseconds(300)
  /// A node that has heard of no other one, or only of joining ones with higher numbers, is the first after this long.
  static let solitude = Duration.milliseconds(600)
  /// Without a ready peer for this long, the node is the first.
  static let patience = Duration.seconds(5)
  /// Without a bulk frame for this long, the credit is repeated.
  static let retry = Duration.milliseconds(100)
  /// A peer that does not answer this many times is replaced.
  static let maxRetries = 20
  /// Then the only one that has what was lost is asked again after this.
  static let pause = Duration.seconds(2)
  /// Frames on their way: 370 KB, less than what any receive buffer of ours holds.
  static let window: UInt32 = 256
  /// Frames that may be named missing in one credit.
  static let maxMissing = 64

  let since: ContinuousClock.Instant
  /// How many updates of the source were lost when it began: what the table makes good.
  let lost: UInt64
  /// Whether the node starts. If not, it goes on speaking and serving meanwhile.
  let isInitial: Bool
  var source: UInt64?
  /// What the source had of others, and of itself, before it was asked.
  var covered: [SyncFrame.Heard] = []
  var transfer: UInt32 = 0
  var frames: UInt32?
  /// All frames before it have arrived.
  var next: UInt32 = 0
  /// Frames from `next` on that have arrived.
  var arrived: Set<UInt32> = []
  /// The next frame after which credit is renewed.
  var renewal: UInt32 = 0
  var retries = 0
  var deadline: ContinuousClock.Instant

  /// - Parameters:
  ///   - source: whose updates were lost; `nil` when the node starts.
  ///   - lost: how many.
  init(since: ContinuousClock.Instant, source: UInt64? = nil, lost: UInt64 = 0) {
    self.since = since
    self.lost = lost
    self.source = source
    isInitial = source == nil
    deadline = isInitial ? since + Self.listening : since
  }

  /// Whether it is too early to speak: what the node says must be later than what its peers have said.
  var isListening: Bool { isInitial && transfer == 0 }

  /// Notes a frame.
  /// - Returns: whether it is new.
  mutating func receive(_ frame: UInt32) -> Bool {
    guard frame >= next, frame < next &+ Self.window * 2, arrived.insert(frame).inserted else { return false }
    while arrived.remove(next) != nil { next += 1 }
    return true
  }

  /// Frames that should have come before the highest that did.
  var missing: [UInt32] {
    guard let highest = arrived.max() else { return [] }
    return Array((next..<highest).lazy.filter { !arrived.contains($0) }.prefix(Self.maxMissing))
  }
}

/// A table on its way to a joiner, in the order it had when the transfer began.
struct BulkTransfer: Sendable {
  let transfer: UInt32
  let order: SessionOrder
  /// Of each frame but the last.
  let records: Int
  /// Frames before it were sent.
  var sent: UInt32 = 0
  /// Frames before it may be sent, by the joiner's last credit.
  var granted: UInt32 = 0
  /// Frames that the joiner misses.
  var missing: Deque<UInt32> = []
  /// Frames before it have arrived, by the last credit.
  var acknowledged: UInt32?
  /// When that came. The joiner repeats it ten times a second while nothing arrives.
  var lastCredit: ContinuousClock.Instant

  /// At least one, so that the joiner hears of the end.
  var frames: UInt32 { UInt32(max((order.count + records - 1) / records, 1)) }

  var hasMore: Bool { !missing.isEmpty || sent < granted }

  /// The next frame to send.
  mutating func next() -> UInt32? {
    if let again = missing.popFirst() { return again }
    guard sent < granted else { return nil }
    sent += 1
    return sent - 1
  }
}

extension SyncNode {
  mutating func continueJoining(now: Instant) {
    guard var join = joining, join.deadline <= now else { return }
    defer { if joining != nil { joining = join } }
    if join.transfer == 0 {
      join.transfer = UInt32.random(in: 1...UInt32.max, using: &random)
      join.covered = had(by: join.source)
    }
    if let source = join.source, canServe(source, join, now: now), join.retries < Joining.maxRetries {
      join.retries += 1
      sendCredit(&join, now: now)
      return
    }
    guard join.isInitial else {
      if let source = join.source, canServe(source, join, now: now) {
        // It is there and does not answer: perhaps it does not hear us. Nobody else has all that it said.
        join = Joining(since: join.since, source: source, lost: join.lost)
        join.deadline = now + Joining.pause
        return
      }
      // The peer is gone, and what it said with it; others have told what they know of it.
      finishJoining(now: now)
      return
    }
    let ready = peers.filter { $0.value.isReady(at: now) && $0.key != join.source }
    let choice = ready.max { ($0.value.hello?.sessions ?? 0, $0.key) < ($1.value.hello?.sessions ?? 0, $1.key) }
    if let choice = choice?.key ?? join.source.flatMap({ peers[$0]?.isReady(at: now) == true ? $0 : nil }) {
      join = Joining(since: join.since)
      join.source = choice
      join.transfer = UInt32.random(in: 1...UInt32.max, using: &random)
      join.covered = had(by: choice)
      counters.joins += 1
      sendCredit(&join, now: now)
    } else if now - join.since >= (mayBeFirst(now: now) ? Joining.solitude : Joining.patience) {
      finishJoining(now: now)
    } else {
      join.source = nil
      join.deadline = now + Joining.retry
    }
  }

  /// Whether no other joining node comes first: of those that start together, the one with the lowest number.
  private func mayBeFirst(now: Instant) -> Bool {
    peers.allSatisfy { $0.key > identity.node || !$0.value.isAlive(at: now) }
  }

  private func canServe(_ node: UInt64, _ join: Joining, now: Instant) -> Bool {
    guard let peer = peers[node] else { return false }
    return join.isInitial ? peer.isReady(at: now) : peer.isAlive(at: now)
  }

  private mutating func finishJoining(now: Instant) {
    if let join = joining, let source = join.source, !join.isInitial { peers[source]?.mended = join.lost }
    joining = nil
    nextHello = now
  }

  /// Gets the table of a peer of whose updates some were given up.
  mutating func resyncIfLost(_ node: UInt64, now: Instant) {
    guard joining == nil, let peer = peers[node], peer.isEstablished, peer.stream.lost > peer.mended else { return }
    resync(from: node, lost: peer.stream.lost, now: now)
  }

  mutating func resync(from node: UInt64, lost: UInt64, now: Instant) {
    joining = Joining(since: now, source: node, lost: lost)
    counters.resyncs += 1
  }

  private mutating func sendCredit(_ join: inout Joining, now: Instant) {
    join.deadline = now + Joining.retry
    join.renewal = join.next + Joining.window / 2
    guard let source = join.source else { return }
    send(
      .join(
        SyncFrame.Join(transfer: join.transfer, next: join.next, window: Joining.window, missing: join.missing)),
      to: source)
  }

  /// A joiner's credit: start a transfer, go on with it, repeat parts of it.
  mutating func serve(_ join: SyncFrame.Join, to node: UInt64, now: Instant) {
    guard joining?.isInitial != true else { return }
    var transfer: BulkTransfer
    if let known = serving[node], known.transfer == join.transfer {
      transfer = known
    } else {
      // A late or second copy of a credit must not begin it all again.
      guard join.next == 0, join.missing.isEmpty, peers[node]?.servedTransfer != join.transfer else { return }
      transfer = BulkTransfer(
        transfer: join.transfer, order: table.kernelOrder(), records: path.records, lastCredit: now)
    }
    guard join.next < transfer.frames else {
      serving[node] = nil
      peers[node]?.servedTransfer = join.transfer
      return
    }
    transfer.missing = Deque(join.missing.filter { $0 < transfer.sent })
    transfer.granted = min(
      transfer.frames, join.next.addingReportingOverflow(min(join.window, Joining.window)).partialValue)
    // The joiner has nothing in flight and asks again: what was sent is lost. (A copy of its credit comes sooner.)
    if join.next < transfer.sent, join.missing.isEmpty, join.next == transfer.acknowledged,
      now - transfer.lastCredit >= Joining.retry / 2
    {
      transfer.sent = join.next
    }
    transfer.acknowledged = join.next
    transfer.lastCredit = now
    serving[node] = transfer
    continueServing(now: now)
  }

  /// Sends what joiners have room for and the budget allows, to each in turn.
  mutating func continueServing(now: Instant) {
    var waiting = serving.filter { $0.value.hasMore }.keys.sorted()[...]
    while let node = waiting.popFirst(), budget.take(1, now: now) == 1 {
      guard let frame = serving[node]?.next(), let transfer = serving[node] else { continue }
      sendBulk(frame, of: transfer, to: node, now: now)
      if transfer.hasMore { waiting.append(node) }
    }
  }

  /// What the sessions of the frame are now; some may have ended.
  private mutating func sendBulk(_ frame: UInt32, of transfer: BulkTransfer, to node: UInt64, now: Instant) {
    let start = Int(frame) * transfer.records
    let handles = transfer.order.dropFirst(start).prefix(transfer.records)
    let records = handles.compactMap { table.session(at: $0, now: now).map { SyncRecord($0) } }
    let bulk = SyncFrame.Bulk(transfer: transfer.transfer, frame: frame, frames: transfer.frames, records: records)
    send(.bulk(bulk), to: node)
  }

  mutating func receive(_ bulk: SyncFrame.Bulk, from node: UInt64, now: Instant) {
    guard var join = joining, join.source == node, join.transfer == bulk.transfer, let index = peers[node]?.index
    else { return }
    guard join.frames ?? bulk.frames == bulk.frames else { return }
    join.frames = bulk.frames
    join.retries = 0
    join.deadline = now + Joining.retry
    if join.receive(bulk.frame) {
      for record in bulk.records { merge(record, origin: index, now: now) }
    }
    joining = join
    if join.next >= bulk.frames {
      sendCredit(&join, now: now)  // so that the peer forgets the transfer
      cover(join.covered, now: now)
      finishJoining(now: now)
    } else if join.next >= join.renewal {
      sendCredit(&join, now: now)
      joining = join
    }
  }
}
