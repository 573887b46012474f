internal import DequeModule
internal import JoolCore

/// Answers pulls: sends peers the rows that they want, as far as their credit goes.
///
/// What is sent is fixed when a peer asks first: the rows of the wanted buckets, in the order in which a module adds
/// them fastest. A frame has what the sessions of its rows are when it is sent, so some frames have fewer records than
/// others.
struct TableSender: Sendable {
  /// Transfers at the same time. Each costs 4 bytes per row of the table.
  static let capacity = 4
  /// Between two transfers that one peer begins. Each costs a pass through the table.
  static let spacing = Duration.seconds(1)
  /// Between two comparisons that one peer asks for.
  static let comparisonSpacing = Duration.milliseconds(200)
  /// A transfer that its peer has not asked about for this long gives way to another one.
  static let patience = Duration.seconds(2)
  /// A peer that has not asked for anything for this long is forgotten.
  private static let memory = Duration.seconds(60)

  /// One frame to be sent.
  struct Frame: Sendable {
    let target: Incarnation
    let transfer: UInt32
    let frame: UInt32
    let frames: UInt32
    let rows: SessionOrder.SubSequence
  }

  /// In the order in which it is their turn.
  private var transfers: Deque<Transfer> = []
  private var askers: [Incarnation: Asker] = [:]

  private struct Asker: Sendable {
    var lastAsked: Instant
    var lastBegun: Instant?
    var lastCompared: Instant?
    /// The last transfer that it had whole. A late copy of its first request must not begin it again.
    var finished: UInt32?
  }

  private struct Transfer: Sendable {
    let target: Incarnation
    let number: UInt32
    let order: SessionOrder
    /// Of each frame but the last.
    let records: Int
    /// How many frames may be on their way. It doubles when the peer shows that they arrive.
    var window = TransferProgress.firstWindow
    /// Frames before it were sent.
    var sent: UInt32 = 0
    /// Frames before it may be sent.
    var granted: UInt32 = 0
    /// Frames before it have arrived.
    var acknowledged: UInt32 = 0
    /// Frames that the peer misses.
    var missing: Deque<UInt32> = []
    var lastAsked: Instant

    /// At least one, so that the peer hears of the end.
    var frames: UInt32 { UInt32(clamping: max((order.count + records - 1) / records, 1)) }

    var hasMore: Bool { !missing.isEmpty || sent < granted }

    mutating func receive(_ pull: SyncFrame.Pull, now: Instant) {
      // Frames that were not sent cannot have arrived.
      guard pull.next <= sent else { return }
      lastAsked = now
      if pull.next > acknowledged {
        acknowledged = pull.next
        window = min(window * 2, TransferProgress.largestWindow)
      }
      let end = pull.next.addingReportingOverflow(min(pull.window, window))
      granted = max(granted, min(frames, end.overflow ? .max : end.partialValue))
      missing = Deque(pull.missing.prefix(TransferProgress.maxMissing).filter { $0 < sent && $0 >= pull.next })
    }

    mutating func next() -> UInt32? {
      if let again = missing.popFirst() { return again }
      guard sent < granted else { return nil }
      sent += 1
      return sent - 1
    }
  }

  /// Peers that frames could be sent to now.
  var waiting: [Incarnation] { transfers.filter(\.hasMore).map(\.target) }

  /// A peer asks for a transfer, or for more of it.
  /// - Parameters:
  ///   - records: how many a frame takes.
  ///   - order: which rows are wanted, `nil` for all. It is called only when a transfer begins.
  mutating func answer(
    _ pull: SyncFrame.Pull, from peer: Incarnation, records: Int, now: Instant, order: (BucketSet?) -> SessionOrder
  ) {
    var asker = asker(peer, now: now)
    defer { askers[peer] = asker }
    let index: Int
    if let known = transfers.firstIndex(where: { $0.target == peer && $0.number == pull.transfer }) {
      index = known
    } else {
      guard pull.next == 0, asker.finished != pull.transfer, asker.lastBegun.map({ now - $0 >= Self.spacing }) ?? true,
        makeRoom(for: peer, now: now)
      else { return }
      asker.lastBegun = now
      index = transfers.count
      transfers.append(
        Transfer(
          target: peer, number: pull.transfer, order: order(pull.buckets), records: max(records, 1), lastAsked: now))
    }
    if pull.next >= transfers[index].frames {
      asker.finished = pull.transfer
      transfers.remove(at: index)
    } else {
      transfers[index].receive(pull, now: now)
    }
  }

  /// Whether a peer's `compare` is answered.
  mutating func admitsComparison(by peer: Incarnation, now: Instant) -> Bool {
    var asker = asker(peer, now: now)
    defer { askers[peer] = asker }
    if let last = asker.lastCompared, now - last < Self.comparisonSpacing { return false }
    asker.lastCompared = now
    return true
  }

  /// The next frame, of each transfer in turn.
  /// - Parameter mayTake: whether a frame to this peer may leave now.
  /// - Returns: `nil` if nothing may be sent now.
  mutating func next(_ mayTake: (Incarnation) -> Bool) -> Frame? {
    for _ in transfers.indices {
      guard var transfer = transfers.popFirst() else { return nil }
      guard transfer.hasMore, mayTake(transfer.target), let frame = transfer.next() else {
        transfers.append(transfer)
        continue
      }
      let start = min(Int(frame) * transfer.records, transfer.order.count)
      let rows = transfer.order.dropFirst(start).prefix(transfer.records)
      let (target, number, frames) = (transfer.target, transfer.number, transfer.frames)
      transfers.append(transfer)
      return Frame(target: target, transfer: number, frame: frame, frames: frames, rows: rows)
    }
    return nil
  }

  /// Forgets transfers that nobody has asked about for a minute, and a peer that is not there any more.
  mutating func forget(_ peer: Incarnation? = nil, now: Instant) {
    transfers.removeAll { $0.target == peer || now - $0.lastAsked >= Self.memory }
    askers = askers.filter { $0.key != peer && now - $0.value.lastAsked < Self.memory }
  }

  private func asker(_ peer: Incarnation, now: Instant) -> Asker {
    var asker = askers[peer] ?? Asker(lastAsked: now)
    asker.lastAsked = now
    return asker
  }

  /// One transfer per peer: it began another one. If all places are taken, the one that was silent for longest gives
  /// way. While each peer goes on asking, none does: or else five starting nodes would take turns for ever and none
  /// would get to the end.
  private mutating func makeRoom(for peer: Incarnation, now: Instant) -> Bool {
    transfers.removeAll { $0.target == peer }
    guard transfers.count >= Self.capacity else { return true }
    guard let oldest = transfers.indices.min(by: { transfers[$0].lastAsked < transfers[$1].lastAsked }),
      now - transfers[oldest].lastAsked >= Self.patience
    else { return false }
    transfers.remove(at: oldest)
    return true
  }
}
