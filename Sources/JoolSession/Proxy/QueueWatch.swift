package import JoolCore

/// Notices that the module dropped sessions because its queue (`ss-capacity`) was full; it counts them since 4.1.12.
/// The peers then need the table: those sessions will not be announced again until they change.
package struct QueueWatch: Sendable {
  /// The table is not sent more often than this: a module under such pressure has no use for more of it.
  static let interval = Duration.seconds(30)
  static let counter = "JSTAT_JOOLD_SSS_ENOSPC"

  /// The counter when it was last read; it starts anew with the instance.
  private var last: UInt64?
  private var owed = false
  private var lastRepair: Instant?

  package init() {}

  /// - Returns: how many sessions were dropped since the last time.
  package mutating func read(_ statistics: [Statistic]) -> UInt64 {
    guard let value = statistics.first(where: { $0.name == Self.counter })?.value else { return 0 }
    defer { last = value }
    guard let last, value > last else { return 0 }
    owed = true
    return value - last
  }

  /// Whether the peers should get the table now.
  package mutating func shouldRepair(now: Instant) -> Bool {
    guard owed, lastRepair.map({ now - $0 >= Self.interval }) ?? true else { return false }
    owed = false
    lastRepair = now
    return true
  }
}
