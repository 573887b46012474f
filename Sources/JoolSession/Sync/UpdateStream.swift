internal import JoolCore

/// The updates of one peer, put back into the order in which it sent them; knows what is missing and when to ask again.
struct UpdateStream: Sendable {
  /// Updates that wait for earlier ones. With more than this missing, a digest repair is cheaper.
  static let maxHeld = 1024
  static let maxAttempts = 10
  /// The first NAK waits 5 to 20 ms: reordering heals itself, and peers that miss the same do not all ask at once.
  static let firstDelay = Duration.milliseconds(5)
  static let jitter = 15
  static let backoff = Duration.milliseconds(40)
  /// Ranges per NAK.
  static let maxRanges = 64

  /// The next update to apply. `nil` before the first word of the peer.
  private(set) var next: UInt64?
  /// The highest update known to exist.
  private(set) var highest: UInt64 = 0
  private var held: [UInt64: [SessionEntry]] = [:]
  private(set) var deadline: ContinuousClock.Instant?
  private var attempts = 0
  /// Updates that were given up.
  private(set) var lost: UInt64 = 0
  /// Gaps that were seen.
  private(set) var gaps: UInt64 = 0

  /// Whether all that the peer sent has been applied.
  var isComplete: Bool { next.map { $0 > highest } ?? true }

  /// The peer says that its last update was `sequence`; of an unknown peer, what came before does not matter.
  mutating func heard(last sequence: UInt64, now: ContinuousClock.Instant, jitter: Duration) {
    guard next != nil else {
      next = sequence + 1
      highest = sequence
      return
    }
    notice(sequence, now: now, jitter: jitter)
  }

  /// An update of the peer.
  /// - Returns: the updates whose turn it is now, in order.
  mutating func receive(
    _ sequence: UInt64, _ sessions: [SessionEntry], now: ContinuousClock.Instant, jitter: Duration
  ) -> [[SessionEntry]] {
    let expected = next ?? sequence
    next = expected
    guard sequence >= expected else { return [] }  // repeated for somebody else
    if sequence == expected {
      next = sequence + 1
      highest = max(highest, sequence)
      return [sessions] + release()
    }
    notice(sequence, now: now, jitter: jitter)
    if held.count >= Self.maxHeld { return skip(to: sequence, with: sessions) }
    held[sequence] = sessions
    return []
  }

  /// The peer cannot repeat updates up to `last`.
  mutating func gone(until last: UInt64) -> [[SessionEntry]] {
    guard let expected = next, last >= expected, last <= highest else { return [] }
    return skip(past: last)
  }

  /// What to ask for now, if it is time to. Gives up what was asked for too often: then updates come out, too.
  mutating func ask(now: ContinuousClock.Instant) -> (ranges: [SyncFrame.MissingUpdates], released: [[SessionEntry]]) {
    guard let due = deadline, due <= now, let expected = next, expected <= highest else { return ([], []) }
    guard attempts < Self.maxAttempts else {
      let upTo = held.keys.min().map { $0 - 1 } ?? highest
      return ([], skip(past: upTo))
    }
    attempts += 1
    deadline = now + Self.backoff * (1 << min(attempts - 1, 4))
    return (missing(from: expected), [])
  }

  private func missing(from expected: UInt64) -> [SyncFrame.MissingUpdates] {
    var ranges: [SyncFrame.MissingUpdates] = []
    var start = expected
    for present in held.keys.sorted() + [highest + 1] {
      if present > start {
        ranges.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: present - start)))
        if ranges.count == Self.maxRanges { break }
      }
      start = present + 1
    }
    return ranges
  }

  private mutating func notice(_ sequence: UInt64, now: ContinuousClock.Instant, jitter: Duration) {
    highest = max(highest, sequence)
    guard !isComplete, deadline == nil else { return }
    gaps += 1
    attempts = 0
    deadline = now + Self.firstDelay + jitter
  }

  /// Held updates whose turn it is.
  private mutating func release() -> [[SessionEntry]] {
    var released: [[SessionEntry]] = []
    while let expected = next, let sessions = held.removeValue(forKey: expected) {
      released.append(sessions)
      next = expected + 1
    }
    if isComplete {
      deadline = nil
    } else {
      attempts = 0  // progress
    }
    return released
  }

  private mutating func skip(past last: UInt64) -> [[SessionEntry]] {
    guard let expected = next else { return [] }
    var released: [[SessionEntry]] = []
    for sequence in held.keys.sorted() where sequence <= last {
      if let sessions = held.removeValue(forKey: sequence) { released.append(sessions) }
    }
    lost += last - expected + 1 - UInt64(released.count)
    next = last + 1
    return released + release()
  }

  private mutating func skip(to sequence: UInt64, with sessions: [SessionEntry]) -> [[SessionEntry]] {
    let released = skip(past: sequence - 1)
    next = max(next ?? 0, sequence + 1)
    return released + [sessions] + release()
  }
}
