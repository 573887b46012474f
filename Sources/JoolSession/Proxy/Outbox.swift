internal import DequeModule

/// Datagrams that could not be sent at once: the link is down or its queue full. Oldest first; the newest are dropped
/// when there is no more room, since the older ones are needed just as much.
package struct Outbox: Sendable {
  /// 8,192 full datagrams are 11 MB and about 300,000 sessions.
  static let capacity = 8192
  static let retry = Duration.milliseconds(50)
  /// A frame that has waited for longer is not sent: it says how much time its sessions had left when it was made, and may be sealed.
  /// Peers ask for it again, and get it with the times of that moment.
  static let freshness = Duration.seconds(1)
  /// A link over which nothing got for this long is down rather than busy. C proxies' datagrams are sent until then, because nobody
  /// can ask for them again.
  static let patience = Duration.seconds(5)

  private struct Waiting {
    let datagram: [UInt8]
    let since: Instant

    func isOutdated(now: Instant) -> Bool {
      now - since > (SyncFrame.isFrame(datagram.span.bytes) ? Outbox.freshness : Outbox.patience)
    }
  }

  private var waiting: Deque<Waiting> = []
  package private(set) var deadline: Instant?
  /// Since when nothing gets out; `nil` if what was sent last did.
  private var stuckSince: Instant?

  package init() {}

  package var isEmpty: Bool { waiting.isEmpty }

  /// - Returns: whether there was room.
  package mutating func append(_ datagram: [UInt8], now: Instant) -> Bool {
    guard waiting.count < Self.capacity else { return false }
    stuckSince = stuckSince ?? now
    waiting.append(Waiting(datagram: datagram, since: now))
    deadline = deadline ?? now + Self.retry
    return true
  }

  /// The oldest, if it is time to try again.
  package func next(now: Instant) -> [UInt8]? {
    guard let deadline, deadline <= now else { return nil }
    return waiting.first?.datagram
  }

  /// Whether nobody should wait for it.
  package func isStuck(now: Instant) -> Bool {
    stuckSince.map { now - $0 >= Self.patience } ?? false
  }

  /// Something was sent that had not to wait.
  package mutating func linkWorks() { stuckSince = nil }

  /// It was sent.
  package mutating func removeNext(now: Instant) {
    waiting.removeFirst()
    stuckSince = isEmpty ? nil : now
    if isEmpty { deadline = nil }
  }

  /// Gives up what is next and has waited for too long. Before each datagram that is sent.
  /// - Returns: how many datagrams that were.
  package mutating func removeOutdated(now: Instant) -> Int {
    let before = waiting.count
    while let first = waiting.first, first.isOutdated(now: now) { waiting.removeFirst() }
    if isEmpty { deadline = nil }
    return before - waiting.count
  }

  package mutating func postpone(now: Instant) { deadline = now + Self.retry }
}
