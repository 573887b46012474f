/// Which updates of one peer have arrived; knows what is missing and when to ask for it.
///
/// Updates are applied as they come: versions say what is newer, not the order of arrival.
struct UpdateStream: Sendable {
  /// With more updates than this behind a gap, getting the table is cheaper than asking for the gap.
  static let maxAhead = 1024
  static let maxAttempts = 10
  /// The first NAK waits 5 to 20 ms: reordering heals itself, and peers that miss the same do not all ask at once.
  static let firstDelay = Duration.milliseconds(5)
  static let jitter = 15
  static let backoff = Duration.milliseconds(40)
  /// Ranges per NAK.
  static let maxRanges = 64
  /// Updates of an unknown peer that are asked for although they came before: whoever gave us the table may have
  /// missed them, too.
  static let overlap: UInt64 = 256
  /// A number that the peer does not repeat for this long is not its own: somebody forged a frame. Less than what the
  /// questions for it take, so that they do not end in a resync.
  static let claimPatience = Duration.milliseconds(2500)

  /// All updates before it have arrived, or were given up. `nil` before the first word of the peer.
  private(set) var next: UInt64?
  /// The highest update known to exist.
  private(set) var highest: UInt64 = 0
  /// Updates beyond `next` that have arrived.
  private var ahead: Set<UInt64> = []
  private(set) var deadline: ContinuousClock.Instant?
  private var attempts = 0
  /// Updates that were given up.
  private(set) var lost: UInt64 = 0
  /// The first update that is missing for good.
  private var firstLost: UInt64?
  /// Gaps that were seen.
  private(set) var gaps: UInt64 = 0
  /// Whether the peer was asked for what is missing now.
  private var hasAsked = false
  /// What was known when `highest` was heard of, until the peer says it again.
  private var claim: Claim?

  private struct Claim {
    let since: ContinuousClock.Instant
    let next: UInt64
    let lost: UInt64
    let firstLost: UInt64?
  }

  /// Whether all that the peer sent has arrived.
  var isComplete: Bool { next.map { $0 > highest } ?? true }

  /// All updates before it have arrived, or what they said has, with a peer's table.
  var certain: UInt64 { firstLost ?? next ?? 1 }

  /// The peer says that its last update was `sequence`.
  /// - Returns: whether a higher one was heard of before, which the peer never sent.
  @discardableResult
  mutating func heard(last sequence: UInt64, now: ContinuousClock.Instant, jitter: Duration) -> Bool {
    begin(at: sequence)
    let isRetracted = retract(to: sequence, now: now)
    if sequence == highest { claim = nil }
    note(sequence, now: now, jitter: jitter)
    return isRetracted
  }

  private mutating func note(_ sequence: UInt64, now: ContinuousClock.Instant, jitter: Duration) {
    if sequence > highest {
      claim = Claim(since: now, next: next ?? .max, lost: lost, firstLost: firstLost)
      highest = sequence
    }
    guard !isComplete, deadline == nil else { return }
    gaps += 1
    attempts = 0
    deadline = now + Self.firstDelay + jitter
  }

  /// An update arrived.
  /// - Returns: whether for the first time, as far as is known.
  @discardableResult
  mutating func receive(_ sequence: UInt64, now: ContinuousClock.Instant, jitter: Duration) -> Bool {
    begin(at: sequence)
    let isKnown = ahead.contains(sequence) || (firstLost == nil && sequence < next ?? 0)
    if sequence == next, ahead.isEmpty {
      next = sequence + 1
      attempts = 0
    } else if let next, sequence >= next {
      ahead.insert(sequence)
    }
    advance()
    if ahead.count > Self.maxAhead { giveUp(through: (ahead.min() ?? sequence) - 1) }
    note(sequence, now: now, jitter: jitter)
    return !isKnown
  }

  /// Goes back to where it was before it heard of a number that the peer does not have. What arrived since then is asked for
  /// once more.
  private mutating func retract(to sequence: UInt64, now: ContinuousClock.Instant) -> Bool {
    guard let claim, sequence < highest, now - claim.since >= Self.claimPatience else { return false }
    highest = sequence
    next = min(claim.next, sequence + 1)
    ahead = ahead.filter { $0 <= sequence }
    (lost, firstLost) = (claim.lost, claim.firstLost)
    self.claim = nil
    deadline = nil
    advance()
    return true
  }

  /// The peer was asked for updates, and cannot repeat those up to `last`.
  mutating func gone(until last: UInt64) {
    guard hasAsked, let next, last >= next, last <= highest else { return }
    giveUp(through: last)
  }

  /// A table that has come had all that updates before `sequence` said.
  mutating func cover(before sequence: UInt64, now: ContinuousClock.Instant) {
    if sequence > highest + 1 { claim = Claim(since: now, next: next ?? .max, lost: lost, firstLost: firstLost) }
    if let lost = firstLost, sequence > lost { firstLost = sequence < next ?? 0 ? sequence : nil }
    guard sequence > next ?? 1 else { return }
    next = sequence
    highest = max(highest, sequence - 1)
    ahead = ahead.filter { $0 >= sequence }
    advance()
  }

  private mutating func begin(at sequence: UInt64) {
    guard next == nil else { return }
    let first = sequence > Self.overlap ? sequence - Self.overlap + 1 : 1
    if first > 1 { firstLost = 1 }
    next = first
  }

  func isDue(now: ContinuousClock.Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  /// What to ask for now, if it is time to.
  mutating func ask(now: ContinuousClock.Instant) -> [SyncFrame.MissingUpdates] {
    guard let due = deadline, due <= now, !isComplete else { return [] }
    guard attempts < Self.maxAttempts else {
      giveUp(through: ahead.min().map { $0 - 1 } ?? highest)
      return []
    }
    attempts += 1
    hasAsked = true
    deadline = now + Self.backoff * (1 << min(attempts - 1, 4))
    return missing
  }

  private var missing: [SyncFrame.MissingUpdates] {
    guard var start = next else { return [] }
    var ranges: [SyncFrame.MissingUpdates] = []
    for present in ahead.sorted() + [highest + 1] {
      if present > start {
        ranges.append(SyncFrame.MissingUpdates(first: start, count: UInt32(clamping: present - start)))
        if ranges.count == Self.maxRanges { break }
      }
      start = present + 1
    }
    return ranges
  }

  private mutating func advance() {
    while !ahead.isEmpty, let expected = next, ahead.remove(expected) != nil {
      next = expected + 1
      attempts = 0  // progress
    }
    if isComplete { (deadline, hasAsked) = (nil, false) }
  }

  private mutating func giveUp(through last: UInt64) {
    guard let expected = next, last >= expected else { return }
    let arrived = ahead.filter { $0 <= last }
    lost += last - expected + 1 - UInt64(arrived.count)
    firstLost = firstLost ?? expected
    ahead.subtract(arrived)
    next = last + 1
    attempts = 0
    advance()
  }
}
