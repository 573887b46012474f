/// The time of an extra acknowledgement, which makes the module look at its queue.
///
/// The module queues a session that is announced within `ss-flush-deadline` of its last message. The session leaves at
/// the first event after that: another session, an acknowledgement, or a timer that runs every two seconds. Without the
/// extra acknowledgement, a single session would wait for the timer.
package struct FlushTimer: Sendable {
  /// The module's `ss-flush-deadline`.
  package var deadline: Duration
  /// The time of the extra acknowledgement.
  ///
  /// `nil` if none is needed.
  package private(set) var due: Instant?

  /// The time added to the deadline.
  ///
  /// More than the deadline must have passed by the kernel's clock, whose ticks are up to 10 ms long.
  private static let margin = Duration.milliseconds(12)

  /// Creates a timer that is not due.
  /// - Parameter deadline: the module's `ss-flush-deadline`.
  package init(deadline: Duration) { self.deadline = deadline }

  /// Notes that a message of the module has arrived, and schedules the extra acknowledgement.
  package mutating func noteMessage(_ now: Instant) { due = now + deadline + Self.margin }

  /// Whether the extra acknowledgement is due.
  ///
  /// It is due once. If the module then sends another message, that message schedules the next one.
  package mutating func fire(now: Instant) -> Bool {
    guard let due, due <= now else { return false }
    self.due = nil
    return true
  }
}
