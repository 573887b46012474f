internal import JoolCore

/// Notices that an instance was removed and made again between two looks: its counters start anew, and its tables are
/// empty. Counters say nothing of an idle instance before 4.1.12, whose synchronization is not counted.
struct InstanceWatch: Sendable {
  /// What may become less without that.
  static let gauges: Set<String> = ["JSTAT_BIB_ENTRIES", "JSTAT_SESSIONS"]

  /// Later modules count what they cannot queue (`QueueWatch`).
  static let lastThatDropsSilently = ModuleVersion(4, 1, 11)
  /// How many looks in a row find the same before it counts: what is on its way must have arrived.
  static let patience = 2
  /// How long nothing counts after an audit, and at least how many times as long as that took. On a busy module some are always on
  /// their way.
  static let pause = Duration.seconds(8)
  static let pauseFactor = 10

  private var last: UInt64 = 0
  private var lastTaken: UInt64?
  private var lastGiven: UInt64 = 0
  private var surpluses = 0
  private var restsUntil: ContinuousClock.Instant?

  /// - Parameter given: how many requests with sessions the module has taken from us, since whenever.
  /// - Returns: whether the counters are those of a new instance.
  mutating func isNew(_ statistics: [Statistic], given: UInt64) -> Bool {
    let taken = statistics.first { $0.name == "JSTAT_JOOLD_PKT_RCVD" }?.value
    let sum = statistics.reduce(0) { sum, one in
      one.name.map(Self.gauges.contains) == true ? sum : sum &+ one.value
    }
    defer { (last, lastTaken, lastGiven) = (sum, taken, given) }
    // One that is gone again before anybody looked at what it took.
    if let taken, let lastTaken, given > lastGiven, taken < lastTaken + (given - lastGiven) { return true }
    return sum < last
  }

  /// - Returns: whether the module seems to have sessions that we do not know of.
  mutating func hasMore(_ statistics: [Statistic], than known: Int, now: ContinuousClock.Instant) -> Bool {
    guard let count = statistics.first(where: { $0.name == "JSTAT_SESSIONS" })?.value, count > known else {
      surpluses = 0
      return false
    }
    if let restsUntil, now < restsUntil { return false }
    surpluses += 1
    return surpluses >= Self.patience
  }

  /// The module's table was read and compared.
  mutating func rest(after audit: Duration, now: ContinuousClock.Instant) {
    surpluses = 0
    restsUntil = now + max(Self.pause, audit * Self.pauseFactor)
  }
}
