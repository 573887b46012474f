internal import JoolCore

/// Detects that the module dropped sessions because its queue (`ss-capacity`) was full.
///
/// The module counts them since
/// 4.1.12. The peers then need the table, because the module does not announce those sessions again until they change.
struct QueueMonitor: Sendable {
  /// The minimum interval between two repairs.
  ///
  /// The table is not sent more often, because that would only add to the load of such a module.
  static let interval = TimeAmount.seconds(30)
  static let counter = "JSTAT_JOOLD_SSS_ENOSPC"

  /// The value of the counter when it was last read.
  ///
  /// The counter restarts with the instance.
  private var last: UInt64?
  private var isRepairDue = false
  private var lastRepair: Instant?

  /// Reads the counter of dropped sessions.
  /// - Returns: the number of sessions that were dropped since the last call.
  mutating func read(_ statistics: [Statistic]) -> UInt64 {
    guard let value = statistics.first(where: { $0.name == Self.counter })?.value else { return 0 }
    defer { last = value }
    guard let last, value > last else { return 0 }
    isRepairDue = true
    return value - last
  }

  /// Whether the peers should get the table now.
  ///
  /// It is true once after sessions were dropped, and at most once per `interval`.
  mutating func shouldRepair(now: Instant) -> Bool {
    guard isRepairDue, lastRepair.map({ now - $0 >= Self.interval }) ?? true else { return false }
    isRepairDue = false
    lastRepair = now
    return true
  }
}
