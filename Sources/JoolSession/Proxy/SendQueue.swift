internal import DequeModule

/// The send queue: datagrams that could not be sent at once, because the link is down or its queue is full.
///
/// The oldest is sent first. A new datagram is dropped when there is no more room, because the older ones are needed
/// just as much.
package struct SendQueue: Sendable {
  /// The maximum number of datagrams.
  ///
  /// That many full ones take 11 MB and contain about 300,000 sessions.
  static let capacity = 8192
  static let retry = TimeAmount.milliseconds(50)
  /// The time after which a waiting frame is dropped.
  ///
  /// The frame contains the time that its sessions had left when it was made, and it may be sealed. Peers request it
  /// again, and get it with the times of that moment.
  static let maxFrameAge = TimeAmount.seconds(1)
  /// The time without a successful send after which the link counts as down rather than busy.
  ///
  /// C proxies' datagrams wait for this time, because nobody can request them again.
  static let maxQueueTime = TimeAmount.seconds(5)

  private struct Waiting {
    let datagram: [UInt8]
    let since: Instant

    func isOutdated(now: Instant) -> Bool {
      now - since > (SyncFrame.isFrame(datagram.span.bytes) ? SendQueue.maxFrameAge : SendQueue.maxQueueTime)
    }
  }

  private var waiting: Deque<Waiting> = []
  /// The time of the next attempt to send.
  ///
  /// `nil` if nothing waits.
  package private(set) var deadline: Instant?
  /// The time since which nothing could be sent.
  ///
  /// `nil` if the last datagram was sent.
  private var stalledSince: Instant?

  /// Creates an empty queue.
  package init() {}

  /// What the queue shows of the link now.
  package func state(now: Instant) -> SessionProxy.SendQueueState {
    isStalled(now: now) ? .stalled : isEmpty ? .empty : .waiting
  }

  /// Whether nothing waits.
  package var isEmpty: Bool { waiting.isEmpty }

  /// Adds a datagram that could not be sent.
  /// - Returns: whether there was room. If not, the datagram is dropped.
  package mutating func append(_ datagram: [UInt8], now: Instant) -> Bool {
    guard waiting.count < Self.capacity else { return false }
    stalledSince = stalledSince ?? now
    waiting.append(Waiting(datagram: datagram, since: now))
    deadline = deadline ?? now + Self.retry
    return true
  }

  /// The oldest datagram, if the next attempt is due.
  ///
  /// It stays in the queue until `removeNext(now:)`.
  package func next(now: Instant) -> [UInt8]? {
    guard let deadline, deadline <= now else { return nil }
    return waiting.first?.datagram
  }

  /// Whether the link counts as down, so that nothing should wait until the queue is empty.
  package func isStalled(now: Instant) -> Bool {
    stalledSince.map { now - $0 >= Self.maxQueueTime } ?? false
  }

  /// Notes that a datagram was sent without waiting here.
  package mutating func noteSent() { stalledSince = nil }

  /// Removes the oldest datagram, because it was sent.
  package mutating func removeNext(now: Instant) {
    waiting.removeFirst()
    stalledSince = isEmpty ? nil : now
    if isEmpty { deadline = nil }
  }

  /// Drops the oldest datagrams that have waited for too long.
  ///
  /// Call this before each datagram that is sent.
  /// - Returns: the number of datagrams that were dropped.
  package mutating func removeOutdated(now: Instant) -> Int {
    let before = waiting.count
    while let first = waiting.first, first.isOutdated(now: now) { waiting.removeFirst() }
    if isEmpty { deadline = nil }
    return before - waiting.count
  }

  /// Notes that an attempt to send has failed.
  ///
  /// The next one is due after `retry`.
  package mutating func postpone(now: Instant) { deadline = now + Self.retry }
}

extension SessionProxy {
  /// What the caller's queue of unsent datagrams shows of the link.
  public enum SendQueueState: Hashable, Sendable {
    /// Nothing waits.
    case empty
    /// Datagrams wait, because the link is busy or has just failed.
    case waiting
    /// The link counts as down, so nothing should wait until the queue is empty.
    case stalled
  }
}
