/// Expiration of sessions.
extension SessionTable {
  /// Removes the sessions that have expired, and forgets the removals whose time is over.
  ///
  /// Returns how many have expired.
  /// - `died`: is called with each of them, roughly in the order of their expirations.
  @discardableResult
  public mutating func expire(now: Instant, _ died: (Session) -> Void = { _ in }) -> Int {
    rebaseIfDue(now)
    let tick = UInt32(clamping: clock.tick(at: now))
    var deaths = 0
    while let event = wheel.nextEvent, event.tick <= tick {
      wheel.advance(to: event.tick)
      while let number = wheel.takeFirst(of: event.list, in: &rows) {
        if rows[number].expires > event.tick {
          wheel.schedule(number, in: &rows)
          continue
        }
        died(session(rows[number], now: now))
        removeUnscheduled(number)
        deaths += 1
      }
    }
    wheel.advance(to: tick)
    if hasRemovals { forgetRemovals(now: now) }
    return deaths
  }

  /// The time of the next call of `expire(now:)`.
  ///
  /// No session expires before it, and possibly none at it either. `nil` if the table is empty.
  public var nextDeadline: Instant? {
    let next = wheel.nextEvent.map { clock.instant(of: $0.tick) }
    guard hasRemovals, let removals = removals?.deadline else { return next }
    return next.map { min($0, removals) } ?? removals
  }

  /// Counts times from a new base if the ticks come near the end of their 32 bits.
  ///
  /// `now` becomes tick 1, and so does each expiration that is past.
  mutating func rebaseIfDue(_ now: Instant) {
    clock.remember(now)
    guard clock.tick(at: now) >= TickClock.rebaseTick else { return }
    let shift = clock.rebase(now: now)
    wheel = TimerWheel()
    for number in 0..<rows.endIndex where !rows[number].isFree {
      rows[number].expires = max(1, rows[number].expires - min(rows[number].expires, shift))
      // 0 stands for "never". That is correct for records sent long ago, because they may be sent again.
      rows[number].ownRecordTick -= min(rows[number].ownRecordTick, shift)
      wheel.schedule(number, in: &rows)
    }
  }
}
