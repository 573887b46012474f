internal import JoolSession

/// Limits the messages of one kind to one per interval, and counts those that were suppressed.
struct LogThrottle: Sendable {
  static let interval = TimeAmount.seconds(10)
  private var next: Instant?
  private var suppressed = 0

  /// The text to append to the message, which reports the suppressed ones.
  ///
  /// `nil` if the message must be suppressed.
  mutating func admit(now: Instant) -> String? {
    if let next, now < next {
      suppressed += 1
      return nil
    }
    defer { suppressed = 0 }
    next = now + Self.interval
    return suppressed == 0 ? "" : " (and \(suppressed) more like this)"
  }
}
