import JoolSession

/// What time a node takes it for.
struct NodeClock {
  /// Of all runs: the instant at moment 0 of a node without skew.
  static let origin = Instant.now
  /// 2026-01-01 in milliseconds since 1970.
  static let epoch: Int64 = 1_767_225_600_000

  let drift: Double
  let wallSkew: Double
  /// For how long the clocks stood, with the machine.
  private var stood: Moment = 0
  private var standsSince: Moment?

  init(_ plan: NodePlan) {
    drift = plan.drift
    wallSkew = plan.wallSkew
  }

  mutating func stop(_ now: Moment) { standsSince = now }

  mutating func go(_ now: Moment) {
    if let standsSince { stood += now - standsSince }
    standsSince = nil
  }

  /// A copy of another moment goes on now.
  mutating func goOn(from moment: Moment, _ now: Moment) { stood += now - moment }

  /// Monotonic, in microseconds. Nodes do not start at 0: times before the start of a run must be possible.
  func local(_ now: Moment) -> Moment {
    let passed = (standsSince ?? now) - stood
    return drift == 0 ? passed : passed + Moment(Double(passed) * drift / 1_000_000)
  }

  func instant(_ now: Moment) -> Instant { Self.origin + .microseconds(local(now)) }

  /// The moment of an instant of this node, as long as the clock does not stand meanwhile.
  func moment(_ instant: Instant, _ now: Moment) -> Moment {
    let ahead = self.instant(now).duration(to: instant)
    let (seconds, attoseconds) = ahead.components
    guard seconds < 1_000_000 else { return now + 1_000_000_000_000 }
    let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    // Rounded up: whoever is woken too early would be woken again at once.
    return now + max(microseconds + 1, 0)
  }

  /// Milliseconds since 1970 as the wall clock shows them.
  func wall(_ now: Moment) -> Int64 { Self.epoch + Int64(local(now) / 1000) + Int64(wallSkew * 1000) }
}
