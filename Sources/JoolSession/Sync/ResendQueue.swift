internal import JoolCore

/// What a node sent, for those who missed it: its last updates, by sequence number.
struct ResendQueue: Sendable {
  /// 6 MB of full frames.
  static let capacity: UInt64 = 4096
  /// A frame that several peers miss is repeated once.
  static let spacing = Duration.milliseconds(10)

  private struct Sent: Sendable {
    /// As it was at `lastSent`.
    var datagram: [UInt8]
    var lastSent: Instant
  }

  /// Frame n stands at n modulo capacity.
  private var frames: [Sent?] = []
  /// Of the last update; 0 before the first.
  private(set) var last: UInt64 = 0

  /// Updates before this one cannot be sent again.
  var first: UInt64 { last > Self.capacity ? last - Self.capacity + 1 : 1 }

  /// Keeps the update numbered `last + 1`.
  mutating func append(_ datagram: [UInt8], now: Instant) {
    last += 1
    let sent = Sent(datagram: datagram, lastSent: now)
    let slot = Int(last % Self.capacity)
    if frames.isEmpty { frames = Array(repeating: nil, count: Int(Self.capacity)) }
    frames[slot] = sent
  }

  /// What to send to somebody who misses `range`.
  /// - Parameter admit: whether an update of so many bytes may leave, the oldest first. Whoever misses more asks again.
  /// - Returns: the updates that are still there and were not just repeated, and the last one that is gone for good.
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
      SyncFrame.age(&sent.datagram, by: Milliseconds(now - sent.lastSent))
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
