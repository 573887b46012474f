/// Which frames of a transfer have come, and how many more this node has room for.
struct TransferProgress: Sendable {
  /// Frames on their way at first, and at most. 256 are 370 KB, less than what any receive buffer of ours holds.
  static let firstWindow: UInt32 = 16
  static let largestWindow: UInt32 = 256
  /// Frames that one credit may name as missing.
  static let maxMissing = 64

  /// How many there are, as the first frame says. `nil` before that.
  private(set) var frames: UInt32?
  /// All frames before it have come.
  private(set) var next: UInt32 = 0
  /// Frames from `next` on that have come.
  private var arrived: Set<UInt32> = []
  /// One past the highest frame that has come.
  private var end: UInt32 = 0
  /// The last credit: frames before `granted` may be sent.
  private var window: UInt32 = 0
  private var granted: UInt32 = 0
  private var nextAtCredit: UInt32 = 0
  private var framesSinceCredit: UInt32 = 0
  /// The last frame that may be sent has come, and others have not.
  private var hasGapAtEnd = false

  var isFinished: Bool { frames.map { next >= $0 } ?? false }

  /// Whether the peer should hear of the frames that have come: it may send more, or knows what to send again.
  var isCreditDue: Bool { framesSinceCredit > 0 && (framesSinceCredit >= window / 2 || hasGapAtEnd || isFinished) }

  /// Notes a frame.
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

  /// What the peer may send from now on. The window doubles with each credit that tells of progress.
  /// - Parameter isRepeated: nothing has come for a while, so whatever has not come is taken for lost.
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
