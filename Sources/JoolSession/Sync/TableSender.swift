internal import DequeModule
internal import JoolCore

/// Answers pulls: sends peers the rows that they request, as far as their credit allows.
///
/// The rows are fixed by a peer's first request: those of the requested buckets, in the order in which a module adds
/// them fastest. The records of a frame are made when it is sent, so some frames have fewer records than others.
struct TableSender: Sendable {
  /// The maximum number of concurrent transfers.
  ///
  /// Each takes 4 bytes per row of the table.
  static let capacity = 4
  /// The minimum interval between two transfers that one peer begins.
  ///
  /// Each requires a pass through the table.
  static let spacing = TimeAmount.seconds(1)
  /// The minimum interval between two comparisons that one peer requests.
  static let comparisonSpacing = TimeAmount.milliseconds(200)
  /// A transfer without a request for this long is dropped if another one needs its place.
  static let idleTimeout = TimeAmount.seconds(2)
  /// A peer that has not requested anything for this long is forgotten.
  private static let memory = TimeAmount.seconds(60)

  /// A frame to send.
  struct Frame: Sendable {
    let target: Incarnation
    let transfer: UInt32
    let frame: UInt32
    let frames: UInt32
    let rows: SessionOrder.SubSequence
  }

  /// The transfers, in the order in which they may send next.
  private var transfers: Deque<Transfer> = []
  /// The state of each peer that has requested something.
  private var askers: [Incarnation: Asker] = [:]

  private struct Asker: Sendable {
    var lastAsked: Instant
    var lastBegun: Instant?
    var lastCompared: Instant?
    /// The number of the last transfer that the peer has received completely.
    ///
    /// It prevents a late copy of the first request from beginning the transfer again.
    var finished: UInt32?
  }

  private struct Transfer: Sendable {
    let target: Incarnation
    let number: UInt32
    let order: SessionOrder
    /// The number of records of each frame but the last.
    let records: Int
    /// The maximum number of frames in flight.
    ///
    /// It doubles when the peer acknowledges frames.
    var window = TransferProgress.firstWindow
    /// The number of the first frame that was not sent yet.
    var sent: UInt32 = 0
    /// The number of the first frame that may not be sent yet.
    var granted: UInt32 = 0
    /// The cumulative acknowledgement: all frames before this one have arrived.
    var acknowledged: UInt32 = 0
    /// The frames to retransmit.
    var missing: Deque<UInt32> = []
    var lastAsked: Instant

    /// The number of frames.
    ///
    /// There is at least one, because the peer learns from it that the transfer is complete.
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

  /// Whether frames could be sent to any peer now.
  ///
  /// It is checked in each turn, so it makes no list.
  var isWaiting: Bool { !transfers.isEmpty && transfers.contains(where: \.hasMore) }

  /// The peers to which frames could be sent now.
  var waiting: [Incarnation] { transfers.filter(\.hasMore).map(\.target) }

  /// Handles a peer's request for a transfer, or for more of it.
  /// - `records`: the maximum number of records in a frame.
  /// - `order`: the rows of the requested buckets, `nil` for all. It is called only when a transfer begins.
  mutating func answer(
    _ pull: SyncFrame.Pull, from peer: Incarnation, records: Int, now: Instant, order: (BucketSet?) -> SessionOrder
  ) {
    var asker = asker(peer, now: now)
    defer { askers[peer] = asker }
    let index: Int
    if let known = transfers.firstIndex(where: { $0.target == peer && $0.number == pull.transfer }) {
      index = known
    } else {
      guard pull.hasNothing, asker.finished != pull.transfer, asker.lastBegun.map({ now - $0 >= Self.spacing }) ?? true,
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
  ///
  /// If so, that is noted, and the next one has to wait for `comparisonSpacing`.
  mutating func admitsComparison(by peer: Incarnation, now: Instant) -> Bool {
    var asker = asker(peer, now: now)
    defer { askers[peer] = asker }
    if let last = asker.lastCompared, now - last < Self.comparisonSpacing { return false }
    asker.lastCompared = now
    return true
  }

  /// The next frame to send.
  ///
  /// The transfers take turns.
  /// - Parameter mayTake: whether a frame may be sent to this peer now.
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

  /// Forgets transfers without a request for a minute, and everything about `peer`, which has timed out.
  mutating func forget(_ peer: Incarnation? = nil, now: Instant) {
    transfers.removeAll { $0.target == peer || now - $0.lastAsked >= Self.memory }
    askers = askers.filter { $0.key != peer && now - $0.value.lastAsked < Self.memory }
  }

  private func asker(_ peer: Incarnation, now: Instant) -> Asker {
    var asker = askers[peer] ?? Asker(lastAsked: now)
    asker.lastAsked = now
    return asker
  }

  /// Makes room for a transfer of a peer.
  ///
  /// A former transfer of the same peer is dropped.
  ///
  /// If all places are taken, the transfer without a request for longest is dropped, provided that it was silent for
  /// `idleTimeout`. Active transfers are never dropped: otherwise five starting nodes would displace each other for ever,
  /// and none would complete.
  /// - Returns: whether there is room.
  private mutating func makeRoom(for peer: Incarnation, now: Instant) -> Bool {
    transfers.removeAll { $0.target == peer }
    guard transfers.count >= Self.capacity else { return true }
    guard let oldest = transfers.indices.min(by: { transfers[$0].lastAsked < transfers[$1].lastAsked }),
      now - transfers[oldest].lastAsked >= Self.idleTimeout
    else { return false }
    transfers.remove(at: oldest)
    return true
  }
}

extension SyncFrame.Pull {
  /// Whether no frame of the transfer has arrived.
  ///
  /// Only then may it begin: if it was dropped after some frames, the rows may be divided among the frames in another
  /// way now. A receiver that has nothing requests a whole window.
  fileprivate var hasNothing: Bool {
    next == 0 && (missing.isEmpty || missing.count >= Int(TransferProgress.firstWindow))
  }
}
