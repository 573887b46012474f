internal import JoolCore

/// Notices that an instance was removed and made again between two looks: its counters start anew, and its tables are
/// empty. Counters say nothing of an idle instance before 4.1.12, whose synchronization is not counted.
struct InstanceWatch: Sendable {
  /// What may become less without that.
  static let gauges: Set<String> = ["JSTAT_BIB_ENTRIES", "JSTAT_SESSIONS"]

  private var last: UInt64 = 0

  /// - Returns: whether the counters are those of a new instance.
  mutating func isNew(_ statistics: [Statistic]) -> Bool {
    let sum = statistics.reduce(0) { sum, one in
      one.name.map(Self.gauges.contains) == true ? sum : sum &+ one.value
    }
    defer { last = sum }
    return sum < last
  }
}
