/// Limits the bytes that may be sent to a rate, with a burst after a pause.
///
/// The only state is the time at which the bucket will be full again. Each byte that is taken delays that by the time
/// in which one byte is refilled.
struct TokenBucket: Sendable {
  /// The time in which one byte is refilled.
  private let perByte: TimeAmount
  /// The time in which an empty bucket becomes full.
  private let depth: TimeAmount
  /// The time at which the bucket is full again.
  ///
  /// `nil`: nothing was taken yet.
  private var fullAt: Instant?

  /// Makes a full bucket.
  ///
  /// - Parameters:
  ///   - rate: the bytes per second, at most 10^9.
  ///   - burst: the number of bytes in a full bucket.
  init(rate: Int, burst: Int) {
    perByte = .nanoseconds(1_000_000_000 / rate)
    depth = perByte * burst
  }

  /// Whether the bucket holds this many bytes.
  func has(_ bytes: Int, now: Instant) -> Bool { max(fullAt ?? now, now) + perByte * bytes <= now + depth }

  /// The time from which on the bucket holds this many bytes, which must be no more than its burst.
  ///
  /// `nil` if nothing was taken yet.
  func opening(for bytes: Int) -> Instant? { fullAt.map { $0 + perByte * bytes - depth } }

  mutating func take(_ bytes: Int, now: Instant) { fullAt = max(fullAt ?? now, now) + perByte * bytes }

  /// Whether the bucket is full, and thus in the same state as a new one.
  func isFull(now: Instant) -> Bool { fullAt.map { $0 <= now } ?? true }
}
