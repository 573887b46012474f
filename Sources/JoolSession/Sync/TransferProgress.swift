/// The progress of a transfer at its receiver: the frames that have arrived, and the credit for more.
struct TransferProgress: Sendable {
  /// The number of frames in flight at first.
  static let firstWindow: UInt32 = 16
  /// The maximum number of frames in flight.
  ///
  /// 256 frames are 370 KB, which fits into each receive buffer of this program.
  static let largestWindow: UInt32 = 256
  /// The maximum number of missing frames in one credit.
  static let maxMissing = 64

  /// The number of frames of the transfer, as the first one that arrives states it.
  ///
  /// `nil` before that.
  private(set) var frames: UInt32?
  /// All frames before this one have arrived.
  private(set) var next: UInt32 = 0
  /// The frames after `next` that have arrived.
  private var arrived: Set<UInt32> = []
  /// One more than the highest frame that has arrived.
  private var end: UInt32 = 0
  /// The window of the last credit, in frames.
  private var window: UInt32 = 0
  /// The last credit allows the source to send all frames before this one.
  private var granted: UInt32 = 0
  private var nextAtCredit: UInt32 = 0
  private var framesSinceCredit: UInt32 = 0
  /// Whether the last frame that the source may send has arrived while earlier ones are missing.
  private var hasGapAtEnd = false

  var isFinished: Bool { frames.map { next >= $0 } ?? false }

  /// Whether the source has got any credit, so that it may send frames.
  var hasCredit: Bool { window > 0 }

  /// Whether a credit should be sent.
  ///
  /// From it the source learns that it may send more, or what to retransmit.
  var isCreditDue: Bool { framesSinceCredit > 0 && (framesSinceCredit >= window / 2 || hasGapAtEnd || isFinished) }

  /// Notes a frame that has arrived.
  /// - Returns: whether it is new.
  mutating func receive(_ frame: UInt32, of count: UInt32) -> Bool {
    guard count > 0, frames ?? count == count, frame < count, frame >= next, frame - next < 2 * Self.largestWindow,
      arrived.insert(frame).inserted
    else { return false }
    frames = count
    while arrived.remove(next) != nil { next += 1 }
    framesSinceCredit += 1
    end = max(end, frame + 1)
    if next < end, frame + 1 == min(granted, count) { hasGapAtEnd = true }
    return true
  }

  /// The next credit for the source.
  ///
  /// The window doubles with each credit that shows progress.
  /// - `isRepeated`: whether no frame has arrived for a while. In that case all frames that have not arrived count as
  ///   lost.
  mutating func credit(isRepeated: Bool) -> (next: UInt32, window: UInt32, missing: [UInt32]) {
    if window == 0 {
      window = Self.firstWindow
    } else if next > nextAtCredit {
      window = min(window * 2, Self.largestWindow)
    }
    let sent = min(isRepeated ? granted : end, frames ?? .max)
    var missing: [UInt32] = []
    for frame in next..<max(sent, next) where missing.count < Self.maxMissing && !arrived.contains(frame) {
      missing.append(frame)
    }
    let credit = (next, isFinished ? 0 : window, missing)
    (nextAtCredit, framesSinceCredit, hasGapAtEnd) = (next, 0, false)
    granted = max(granted, next.addingReportingOverflow(window).partialValue)
    return credit
  }
}
