/// The counters of a node's synchronization events.
///
/// This is a plain list, so its length is no sign of several ideas in one type.
struct SyncCounters: Hashable, Sendable {
  /// Announcements of the module or of a C proxy that caused no record at once, because the table had the same content
  /// with as much time left.
  var coalesced: UInt64 = 0
  /// Records that were sent at once: of new and changed sessions, of C proxies' sessions, and those that were
  /// advertised again.
  var changesSent: UInt64 = 0
  /// Records that were sent because only the time left had changed.
  var refreshesSent: UInt64 = 0
  /// Records that were older than what the table had.
  var outdated: UInt64 = 0
  var naksSent: UInt64 = 0
  /// Updates that were retransmitted.
  var retransmitted: UInt64 = 0
  /// Sessions that were fetched because tables differed although nothing was known to be missing.
  var repairs: UInt64 = 0
  /// Sessions that an audit found in the module, which had not announced them.
  var unannounced: UInt64 = 0
  /// BIB entries that were removed from the table because a record contradicted them.
  var evictions: UInt64 = 0
  /// Removals of mappings, of administrators on any node.
  var removals: UInt64 = 0
  /// Pulls that this node began as a starting node.
  var joins: UInt64 = 0
  /// Pulls that this node began because of updates that could not be retransmitted.
  var resyncs: UInt64 = 0
  /// Hellos of nodes that were not admitted because there was no room for another peer.
  var strangers: UInt64 = 0
  /// Frames, other than hellos, from senders that are not validated.
  var unvalidated: UInt64 = 0

  /// All counters, with their names in the statistics server's full report.
  var named: [(String, UInt64)] {
    [
      ("COALESCED", coalesced), ("CHANGES", changesSent), ("REFRESHES", refreshesSent), ("OUTDATED", outdated),
      ("NAKS", naksSent), ("RETRANSMITTED", retransmitted), ("REPAIRS", repairs), ("UNANNOUNCED", unannounced),
      ("EVICTIONS", evictions), ("REMOVALS", removals),
      ("JOINS", joins), ("RESYNCS", resyncs), ("REFUSED_PEERS", strangers), ("UNVALIDATED", unvalidated),
    ]
  }
}
