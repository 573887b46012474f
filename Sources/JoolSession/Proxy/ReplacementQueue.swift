internal import DequeModule

/// Replacements that wait for the module.
struct ReplacementQueue: Sendable {
  /// Beyond this many the next audit finds what contradicts the table.
  static let capacity = 65_536
  /// The most replacements in one run: first all their evictions are sent, then their sessions.
  static let runLength = 64
  /// One that the module refused is tried again after this.
  static let pause = Duration.seconds(1)

  private var waiting: Deque<Replacement> = []
  private var known: Set<Replacement> = []
  private var refused: Deque<(replacement: Replacement, due: Instant)> = []
  /// When the first of `waiting` came.
  private var since: Instant?
  /// How many have entered so far.
  private(set) var entered: UInt64 = 0

  /// How many have been refused and not been carried out since.
  var refusedCount: Int { refused.count }

  var count: Int { waiting.count + refused.count }

  /// - Returns: whether there was room. One that waits already is not added.
  mutating func append(_ replacement: Replacement, now: Instant) -> Bool {
    guard count < Self.capacity else { return false }
    guard known.insert(replacement).inserted else { return true }
    if since == nil { since = now }
    entered += 1
    waiting.append(replacement)
    return true
  }

  /// The module refused it.
  mutating func putBack(_ replacement: Replacement, now: Instant) { refused.append((replacement, now + Self.pause)) }

  /// When `take(now:)` has something.
  var deadline: Instant? {
    guard let due = refused.first?.due else { return since }
    return since.map { min($0, due) } ?? due
  }

  /// The next run, and how many of it are taken for the first time.
  mutating func take(now: Instant) -> (run: [Replacement], new: Int) {
    var run: [Replacement] = []
    while run.count < Self.runLength, let first = refused.first, first.due <= now {
      refused.removeFirst()
      run.append(first.replacement)
    }
    let again = run.count
    while run.count < Self.runLength, let next = waiting.popFirst() {
      known.remove(next)
      run.append(next)
    }
    if waiting.isEmpty { since = nil }
    return (run, run.count - again)
  }
}
