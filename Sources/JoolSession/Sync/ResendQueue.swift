internal import JoolCore

/// The last updates that this node sent, by sequence number, kept for retransmission.
struct ResendQueue: Sendable {
  /// The number of updates that are kept: 6 MB of full frames.
  static let capacity: UInt64 = 4096
  /// The minimum interval between two transmissions of an update.
  ///
  /// So an update that several peers miss is retransmitted once.
  static let spacing = TimeAmount.milliseconds(10)

  /// An update that was sent.
  private struct Sent: Sendable {
    /// The encoded frame, with the times left as of `lastSent`.
    var datagram: [UInt8]
    var lastSent: Instant
  }

  /// The updates: number n is at index n modulo `capacity`.
  ///
  /// The array is empty before the first update.
  private var frames: [Sent?] = []
  /// The number of the last update; 0 before the first.
  private(set) var last: UInt64 = 0

  /// The number of the first update that can still be retransmitted.
  var first: UInt64 { last > Self.capacity ? last - Self.capacity + 1 : 1 }

  /// Keeps the update numbered `last + 1`.
  mutating func append(_ datagram: [UInt8], now: Instant) {
    last += 1
    let sent = Sent(datagram: datagram, lastSent: now)
    let slot = Int(last % Self.capacity)
    if frames.isEmpty { frames = Array(repeating: nil, count: Int(Self.capacity)) }
    frames[slot] = sent
  }

  /// Selects the updates to retransmit to a peer that misses `range`.
  ///
  /// Returns the updates that are still kept and were not sent within `spacing`, and the number of the last one in
  /// `range` that is no longer kept (`nil` if all are kept).
  /// - `admit`: whether an update of this many bytes may be sent now. It is called for the oldest update first. A peer
  ///   that misses more requests it again.
  mutating func repeating(
    _ range: SyncFrame.MissingUpdates, now: Instant, admit: (Int) -> Bool
  ) -> (datagrams: [[UInt8]], goneUntil: UInt64?) {
    let end = min(range.first.saturatingAdding(UInt64(range.count)), last + 1)
    guard range.first < end else { return ([], nil) }
    let goneUntil = range.first < first ? min(first, end) - 1 : nil
    var datagrams: [[UInt8]] = []
    for sequence in max(range.first, first)..<max(end, first) {
      let slot = Int(sequence % Self.capacity)
      guard var sent = frames[slot], now - sent.lastSent >= Self.spacing else { continue }
      guard admit(sent.datagram.count) else { break }
      SyncFrame.age(&sent.datagram, by: Milliseconds(clamping: now - sent.lastSent))
      sent.lastSent = now
      frames[slot] = sent
      datagrams.append(sent.datagram)
    }
    return (datagrams, goneUntil)
  }
}

extension UInt64 {
  fileprivate func saturatingAdding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
