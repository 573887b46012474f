/// When to acknowledge once more, so that the module looks at its queue.
///
/// A session that comes within `ss-flush-deadline` of the last message is queued, and leaves at the first event after that: another
/// session, an acknowledgement, or a timer that runs every two seconds. One that comes alone would wait for the timer.
package struct Nudge: Sendable {
  /// `ss-flush-deadline`.
  package var deadline: Duration
  package private(set) var due: Instant?

  /// More than the deadline must have passed by the kernel's clock, whose ticks are up to 10 ms long.
  private static let margin = Duration.milliseconds(12)

  package init(deadline: Duration) { self.deadline = deadline }

  package mutating func messageCame(_ now: Instant) { due = now + deadline + Self.margin }

  /// Whether it is time, once. If the module then has something to say, there is a next time.
  package mutating func take(now: Instant) -> Bool {
    guard let due, due <= now else { return false }
    self.due = nil
    return true
  }
}
