/// How many bytes may leave: so many per second, and so many at once after a pause.
///
/// All it remembers is when it will be full again: each byte that is taken puts that off by the time in which one flows in.
struct TokenBucket: Sendable {
  /// In which time a byte flows in.
  private let perByte: Duration
  /// In which time an empty bucket gets full.
  private let depth: Duration
  /// `nil`: nothing was taken yet.
  private var fullAt: Instant?

  /// - Parameters:
  ///   - rate: bytes per second, at most 10^9.
  ///   - burst: bytes that a full bucket has.
  init(rate: Int, burst: Int) {
    perByte = .nanoseconds(1_000_000_000 / rate)
    depth = perByte * burst
  }

  /// Whether as many bytes are there.
  func has(_ bytes: Int, now: Instant) -> Bool { max(fullAt ?? now, now) + perByte * bytes <= now + depth }

  /// From when on as many bytes are there, which must be no more than the bucket takes. `nil` if they have been from the
  /// beginning.
  func opening(for bytes: Int) -> Instant? { fullAt.map { $0 + perByte * bytes - depth } }

  mutating func take(_ bytes: Int, now: Instant) { fullAt = max(fullAt ?? now, now) + perByte * bytes }

  /// A full one is like a new one.
  func isFull(now: Instant) -> Bool { fullAt.map { $0 <= now } ?? true }
}
