/// Time passes.
extension SessionTable {
  /// Removes the sessions that are due.
  /// - Parameter died: is told each, roughly in the order of their times.
  /// - Returns: how many.
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
    return deaths
  }

  /// When to call `expire(now:)` next: no session dies before, but perhaps none then either. `nil` if there are none.
  public var nextDeadline: Instant? { wheel.nextEvent.map { clock.instant(of: $0.tick) } }

  /// Counts times from a new base if the ticks come near the end of their 32 bits: `now` becomes tick 1, and what is
  /// past becomes tick 1, too.
  mutating func rebaseIfDue(_ now: Instant) {
    clock.remember(now)
    guard clock.tick(at: now) >= TickClock.rebaseTick else { return }
    let shift = clock.rebase(now: now)
    wheel = TimerWheel()
    for number in 0..<rows.endIndex where !rows[number].isFree {
      rows[number].expires = max(1, rows[number].expires - min(rows[number].expires, shift))
      // What was said long ago may as well be said again.
      rows[number].ownSaid -= min(rows[number].ownSaid, shift)
      wheel.schedule(number, in: &rows)
    }
  }
}
