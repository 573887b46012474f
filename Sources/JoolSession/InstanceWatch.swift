internal import JoolCore

/// Notices that an instance was removed and made again between two looks: its counters start anew, and its tables are
/// empty. Counters say nothing of an idle instance before 4.1.12, whose synchronization is not counted.
struct InstanceWatch: Sendable {
  /// What may become less without that.
  static let gauges: Set<String> = ["JSTAT_BIB_ENTRIES", "JSTAT_SESSIONS"]

  /// How many looks in a row find the same before it counts, and after it counted: what is on its way must have arrived.
  static let patience = 2
  static let pause = 5

  private var last: UInt64 = 0
  private var surpluses = 0

  /// - Returns: whether the counters are those of a new instance.
  mutating func isNew(_ statistics: [Statistic]) -> Bool {
    let sum = statistics.reduce(0) { sum, one in
      one.name.map(Self.gauges.contains) == true ? sum : sum &+ one.value
    }
    defer { last = sum }
    return sum < last
  }

  /// - Returns: whether the module has sessions that we do not know of. Modules up to 4.1.11 drop what they cannot queue
  ///   without counting it.
  mutating func hasMore(_ statistics: [Statistic], than known: Int) -> Bool {
    guard let count = statistics.first(where: { $0.name == "JSTAT_SESSIONS" })?.value, count > known else {
      surpluses = min(surpluses, 0)
      return false
    }
    surpluses += 1
    guard surpluses >= Self.patience else { return false }
    surpluses = Self.patience - Self.pause
    return true
  }
}
