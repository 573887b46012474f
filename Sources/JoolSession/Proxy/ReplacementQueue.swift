internal import DequeModule

/// Replacements that wait for the module.
struct ReplacementQueue: Sendable {
  /// The maximum number of replacements in the queue.
  ///
  /// Beyond it, the next audit finds what contradicts the table.
  static let capacity = 65_536
  /// The most replacements in one run: first all their evictions are sent, then their sessions.
  static let runLength = 64
  /// The time after which a refused replacement is tried again.
  static let pause = TimeAmount.seconds(1)

  private var waiting: Deque<Replacement> = []
  private var known: Set<Replacement> = []
  private var refused: Deque<(replacement: Replacement, due: Instant)> = []
  /// The time since which `waiting` has not been empty.
  ///
  /// `nil` if it is empty.
  private var since: Instant?
  /// The number of replacements that have entered so far.
  private(set) var entered: UInt64 = 0

  /// The number of replacements that were refused and have not been tried again since.
  var refusedCount: Int { refused.count }

  var count: Int { waiting.count + refused.count }

  /// Adds a replacement, unless it is waiting already.
  /// - Returns: whether there was room.
  mutating func append(_ replacement: Replacement, now: Instant) -> Bool {
    guard count < Self.capacity else { return false }
    guard known.insert(replacement).inserted else { return true }
    if since == nil { since = now }
    entered += 1
    waiting.append(replacement)
    return true
  }

  /// Queues a replacement again that the module refused.
  ///
  /// It is due after `pause`.
  mutating func putBack(_ replacement: Replacement, now: Instant) { refused.append((replacement, now + Self.pause)) }

  /// The time at which `take(now:)` returns something.
  ///
  /// `nil` if nothing waits.
  var deadline: Instant? {
    guard let due = refused.first?.due else { return since }
    return since.map { min($0, due) } ?? due
  }

  /// Takes the replacements of the next run: first refused ones that are due, then those that wait.
  /// - Returns: the run, and the number of its replacements that are taken for the first time.
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
