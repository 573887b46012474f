internal import JoolCore

/// When the NAKs for a peer's missing updates are sent, and when it is no use to send more.
struct NakTimer: Sendable {
  /// The maximum number of NAKs for the same updates.
  ///
  /// If all of them were in vain, the updates are lost.
  static let maxAttempts = 3
  /// The first NAK is sent after 5 to 20 ms (this and a random part of up to `jitter` ms).
  ///
  /// Reordered updates usually arrive within that time, and peers that miss the same update do not all request it at
  /// once.
  static let firstDelay = TimeAmount.milliseconds(5)
  static let jitter = 15
  /// The time between the first NAK and the second.
  ///
  /// It doubles twice: 40, 80, 160 ms.
  static let backoff = TimeAmount.milliseconds(40)
  /// Updates that have been requested in vain for this long are lost, even if others arrive meanwhile.
  static let recoveryTimeout = TimeAmount.seconds(2)

  /// The time of the next NAK.
  ///
  /// `nil`: there is nothing to request.
  private(set) var deadline: Instant?
  /// One more than the last update that was requested.
  private(set) var requestedEnd: UInt64 = 0
  private var attempts = 0
  /// The first update that was missing at the last NAK, and the time since which it has been the first one.
  private var first: (update: UInt64, since: Instant)?

  var isRunning: Bool { deadline != nil }

  /// Whether a NAK was sent since the timer was started, or since an update arrived that had been requested.
  var hasAsked: Bool { attempts > 0 }

  /// Whether all attempts were in vain.
  var isExhausted: Bool { attempts >= Self.maxAttempts }

  func isDue(now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

  /// Schedules the first NAK for a gap.
  mutating func start(now: Instant, jitter: TimeAmount) {
    attempts = 0
    deadline = now + Self.firstDelay + jitter
  }

  /// Notes an update that has arrived.
  ///
  /// If it had been requested, the peer answers, so the attempts are counted anew.
  mutating func received(_ sequence: UInt64) { if sequence < requestedEnd { attempts = 0 } }

  /// Continues after the last attempt, for updates of which it is not known whether they exist.
  mutating func allowOneMore() { attempts = Self.maxAttempts - 1 }

  /// Whether the first missing update has been missing at every NAK for `recoveryTimeout`.
  mutating func isOverdue(first update: UInt64, now: Instant) -> Bool {
    if first?.update != update { first = (update, now) }
    return first.map { now - $0.since >= Self.recoveryTimeout } ?? false
  }

  /// Notes that all missing updates before `end` were requested, and schedules the next NAK.
  mutating func sent(before end: UInt64, now: Instant) {
    attempts += 1
    requestedEnd = end
    deadline = now + Self.backoff * (1 << min(attempts - 1, 2))
  }

  /// Stops, because nothing is missing.
  mutating func stop() { self = NakTimer() }
}
