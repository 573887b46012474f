/// Datagrams that could not be sent at once: the link is down or its queue full. Oldest first; the newest are dropped
/// when there is no more room, since the older ones are needed just as much.
struct Outbox: Sendable {
  /// 8,192 full datagrams are 11 MB and about 300,000 sessions.
  static let capacity = 8192
  static let retry = Duration.milliseconds(50)
  /// A link over which nothing got for this long is down rather than busy.
  static let patience = Duration.seconds(5)

  private var datagrams: [[UInt8]] = []
  private var head = 0
  private(set) var deadline: ContinuousClock.Instant?
  /// When a datagram got out, or the first of those that wait came.
  private var lastProgress: ContinuousClock.Instant?

  var isEmpty: Bool { head == datagrams.count }

  /// - Returns: whether there was room.
  mutating func append(_ datagram: [UInt8], now: ContinuousClock.Instant) -> Bool {
    guard datagrams.count - head < Self.capacity else { return false }
    if isEmpty { lastProgress = now }
    datagrams.append(datagram)
    deadline = deadline ?? now + Self.retry
    return true
  }

  /// The oldest, if it is time to try again.
  func next(now: ContinuousClock.Instant) -> [UInt8]? {
    guard !isEmpty, let deadline, deadline <= now else { return nil }
    return datagrams[head]
  }

  /// Whether nobody should wait for it.
  func isStuck(now: ContinuousClock.Instant) -> Bool {
    !isEmpty && lastProgress.map { now - $0 >= Self.patience } == true
  }

  /// It was sent.
  mutating func removeNext(now: ContinuousClock.Instant) {
    head += 1
    lastProgress = now
    guard isEmpty else { return }
    datagrams.removeAll()
    head = 0
    deadline = nil
  }

  mutating func postpone(now: ContinuousClock.Instant) { deadline = now + Self.retry }
}
