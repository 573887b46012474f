/// The time of an extra acknowledgement, which makes the module look at its queue.
///
/// The module queues a session that is announced within `ss-flush-deadline` of its last message. The session leaves at
/// the first event after that: another session, an acknowledgement, or a timer that runs every two seconds. Without the
/// extra acknowledgement, a single session would wait for the timer.
struct FlushTimer: Sendable {
  /// The module's `ss-flush-deadline`.
  var deadline = TimeAmount.seconds(2)
  /// The time of the extra acknowledgement.
  ///
  /// `nil` if none is needed.
  private(set) var due: Instant?

  /// The time added to the deadline.
  ///
  /// More than the deadline must have passed by the kernel's clock, whose ticks are up to 10 ms long.
  private static let margin = TimeAmount.milliseconds(12)

  /// Notes that a message of the module has arrived, and schedules the extra acknowledgement.
  mutating func noteMessage(_ now: Instant) { due = now + deadline + Self.margin }

  /// Whether the extra acknowledgement is due.
  ///
  /// If the module then sends another message, that message schedules the next one.
  func isDue(now: Instant) -> Bool { due.map { $0 <= now } ?? false }

  /// Stops the timer, because the acknowledgement was sent, or because the module is gone.
  mutating func stop() { due = nil }
}
