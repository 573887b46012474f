package import JoolCore

/// Notices that an instance was removed and made again between two looks: its counters start anew, and its tables are
/// empty. Counters say nothing of an idle instance before 4.1.12, whose synchronization is not counted.
package struct InstanceWatch: Sendable {
  /// What may become less without that.
  static let gauges: Set<String> = ["JSTAT_BIB_ENTRIES", "JSTAT_SESSIONS"]

  private var last: [UInt16: UInt64] = [:]
  private var lastTaken: UInt64?
  private var lastGiven: UInt64 = 0

  package init() {}

  /// - Parameter given: how many requests with sessions the module has taken from us, since whenever.
  /// - Returns: whether the counters are those of a new instance, or start anew with a new configuration (`file handle`).
  package mutating func isNew(_ statistics: [Statistic], given: UInt64) -> Bool {
    let taken = statistics.first { $0.name == "JSTAT_JOOLD_PKT_RCVD" }?.value
    let counters = statistics.filter { $0.name.map(Self.gauges.contains) != true }
    let values = Dictionary(counters.map { ($0.id, $0.value) }) { $1 }
    defer { (last, lastTaken, lastGiven) = (values, taken, given) }
    // One that is gone again before anybody looked at what it took.
    if let taken, let lastTaken, given > lastGiven, taken < lastTaken + (given - lastGiven) { return true }
    // A module need not list counters that are 0.
    return last.contains { values[$0.key] ?? 0 < $0.value }
  }
}
