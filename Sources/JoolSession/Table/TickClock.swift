internal import JoolCore

/// Converts instants to ticks of 10 ms in 32 bits, from a base that is moved before the ticks overflow.
struct TickClock: Sendable {
  static let millisecondsPerTick: UInt64 = 10
  /// The length of a tick.
  static let length = TimeAmount.milliseconds(10)
  /// From this tick on (248 days), `rebase` is due.
  ///
  /// The longest possible expiration, 50 days, still fits.
  static let rebaseTick: UInt64 = 1 << 31

  private var base: Instant
  /// The last result of `milliseconds(at:)`, because it is often called with the same instant.
  private var latest: (instant: Instant, milliseconds: UInt64)

  init(base: Instant) {
    self.base = base
    latest = (base, 0)
  }

  /// The whole milliseconds since the base.
  ///
  /// 0 for instants before it.
  func milliseconds(at now: Instant) -> UInt64 {
    if now == latest.instant { return latest.milliseconds }
    guard now > base else { return 0 }
    return UInt64((now - base).milliseconds)
  }

  /// The tick that `now` is in.
  func tick(at now: Instant) -> UInt64 { milliseconds(at: now) / Self.millisecondsPerTick }

  /// The tick at which something expires that has `expiration` left at `now`.
  ///
  /// It is never earlier than that, to the millisecond.
  func expiryTick(_ expiration: Milliseconds, now: Instant) -> UInt32 {
    let end = milliseconds(at: now) + UInt64(expiration.rawValue) + Self.millisecondsPerTick - 1
    return UInt32(clamping: end / Self.millisecondsPerTick)
  }

  /// The time left at `now` until a tick.
  ///
  /// 0 if that is past.
  func remaining(until tick: UInt32, now: Instant) -> Milliseconds {
    let end = UInt64(tick) * Self.millisecondsPerTick
    return Milliseconds(UInt32(clamping: end - min(end, milliseconds(at: now))))
  }

  func instant(of tick: UInt32) -> Instant { base + Self.length * Int(tick) }

  /// Stores the result for `now`, so that further calls with it are fast.
  mutating func remember(_ now: Instant) { latest = (now, milliseconds(at: now)) }

  /// Moves the base so that `now` is in tick 1.
  /// - Returns: by how many ticks the base was moved.
  mutating func rebase(now: Instant) -> UInt32 {
    let tick = tick(at: now)
    if tick > 0 {
      base = base + Self.length * Int(tick - 1)
    } else {
      base = now - Self.length
    }
    latest = (base, 0)
    remember(now)
    return UInt32(clamping: tick - min(tick, 1))
  }
}
