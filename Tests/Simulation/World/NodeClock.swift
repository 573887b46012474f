import JoolSession

/// The clocks of a node.
struct NodeClock {
  /// The instant at moment 0 of a node without skew, the same in all runs.
  static let origin = Instant.now
  /// 2026-01-01 in milliseconds since 1970.
  static let epoch: Int64 = 1_767_225_600_000

  let drift: Double
  let wallSkew: Double
  /// The total time for which the machine and its clocks stood.
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

  /// A copy from an earlier moment resumes now.
  mutating func goOn(from moment: Moment, _ now: Moment) { stood += now - moment }

  /// The monotonic time in microseconds.
  ///
  /// Nodes do not start at 0, because times before the start of a run must be possible.
  func local(_ now: Moment) -> Moment {
    let passed = (standsSince ?? now) - stood
    return drift == 0 ? passed : passed + Moment(Double(passed) * drift / 1_000_000)
  }

  func instant(_ now: Moment) -> Instant { Self.origin + .microseconds(local(now)) }

  /// The moment of an instant of this node, if the clock does not stop meanwhile.
  func moment(_ instant: Instant, _ now: Moment) -> Moment {
    let ahead = self.instant(now).duration(to: instant)
    guard ahead < .seconds(1_000_000) else { return now + 1_000_000_000_000 }
    // Rounded up, because a node that is woken too early would be woken again at once.
    return now + max(Moment(ahead.microseconds) + 1, 0)
  }

  /// The wall clock's time in milliseconds since 1970.
  func wall(_ now: Moment) -> Int64 { Self.epoch + Int64(local(now) / 1000) + Int64(wallSkew * 1000) }
}
