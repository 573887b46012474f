internal import JoolCore

/// Detects that an instance was removed and created again between two checks.
///
/// Its counters have restarted then, and its tables are empty. Modules before 4.1.12 do not count synchronization, so
/// the counters of an idle instance show nothing there.
struct InstanceMonitor: Sendable {
  /// The statistics that may decrease although the instance is the same.
  static let gauges: Set<String> = ["JSTAT_BIB_ENTRIES", "JSTAT_SESSIONS"]

  private var last: [UInt16: UInt64] = [:]
  private var lastTaken: UInt64?
  private var lastGiven: UInt64 = 0

  /// Compares the instance's statistics with those of the previous call.
  ///
  /// Returns whether the counters are those of a new instance, or have restarted with a new configuration (`file
  /// handle`).
  /// - `given`: the number of requests with sessions that the module has taken from this program. Only its growth
  ///   between two calls matters.
  mutating func isNew(_ statistics: [Statistic], given: UInt64) -> Bool {
    let taken = statistics.first { $0.name == "JSTAT_JOOLD_PKT_RCVD" }?.value
    let counters = statistics.filter { $0.name.map(Self.gauges.contains) != true }
    let values = Dictionary(counters.map { ($0.id, $0.value) }) { $1 }
    defer { (last, lastTaken, lastGiven) = (values, taken, given) }
    // The counter has grown by less than this program's requests. So some of them were taken by an instance that was
    // removed before its statistics were read.
    if let taken, let lastTaken, given > lastGiven, taken < lastTaken + (given - lastGiven) { return true }
    // A module need not list counters that are 0.
    return last.contains { values[$0.key] ?? 0 < $0.value }
  }
}
