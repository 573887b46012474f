internal import DequeModule

/// Datagrams that could not be sent at once: the link is down or its queue full. Oldest first; the newest are dropped
/// when there is no more room, since the older ones are needed just as much.
struct Outbox: Sendable {
  /// 8,192 full datagrams are 11 MB and about 300,000 sessions.
  static let capacity = 8192
  static let retry = Duration.milliseconds(50)
  /// A link over which nothing got for this long is down rather than busy. And what has waited for longer is not sent: its
  /// sessions live shorter by now than it says. Peers of our kind ask for it again, and get it as it is then.
  static let patience = Duration.seconds(5)

  private struct Waiting {
    let datagram: [UInt8]
    let since: Instant
  }

  private var waiting: Deque<Waiting> = []
  private(set) var deadline: Instant?
  /// Since when nothing gets out; `nil` if what was sent last did.
  private var stuckSince: Instant?

  var isEmpty: Bool { waiting.isEmpty }

  /// - Returns: whether there was room.
  mutating func append(_ datagram: [UInt8], now: Instant) -> Bool {
    guard waiting.count < Self.capacity else { return false }
    stuckSince = stuckSince ?? now
    waiting.append(Waiting(datagram: datagram, since: now))
    deadline = deadline ?? now + Self.retry
    return true
  }

  /// The oldest, if it is time to try again.
  func next(now: Instant) -> [UInt8]? {
    guard let deadline, deadline <= now else { return nil }
    return waiting.first?.datagram
  }

  /// Whether nobody should wait for it.
  func isStuck(now: Instant) -> Bool {
    stuckSince.map { now - $0 >= Self.patience } ?? false
  }

  /// Something was sent that had not to wait.
  mutating func linkWorks() { stuckSince = nil }

  /// It was sent.
  mutating func removeNext(now: Instant) {
    waiting.removeFirst()
    stuckSince = isEmpty ? nil : now
    if isEmpty { deadline = nil }
  }

  /// Gives up what has waited for too long.
  /// - Returns: how many datagrams that were.
  mutating func removeOutdated(now: Instant) -> Int {
    let before = waiting.count
    while let first = waiting.first, now - first.since > Self.patience { waiting.removeFirst() }
    if isEmpty { deadline = nil }
    return before - waiting.count
  }

  mutating func postpone(now: Instant) { deadline = now + Self.retry }
}
