/// What happened on the wire.
struct SyncCounters: Hashable, Sendable {
  /// Updates of the module that peers knew already.
  var coalesced: UInt64 = 0
  var newsSent: UInt64 = 0
  var refreshesSent: UInt64 = 0
  /// Records that were older than what the table had.
  var outdated: UInt64 = 0
  var naksSent: UInt64 = 0
  var updatesRepeated: UInt64 = 0
  var repairs: UInt64 = 0
  /// Sessions that an audit found in the module, which had not announced them.
  var unannounced: UInt64 = 0
  var evictions: UInt64 = 0
  /// Pulls of a table: by a starting node, and after updates were lost for good.
  var joins: UInt64 = 0
  var resyncs: UInt64 = 0
  /// Hellos of nodes that there was no room for.
  var strangers: UInt64 = 0
  /// Frames of senders that had not proved to hear this node.
  var unvalidated: UInt64 = 0

  /// All, by their names in the statistics server's full report.
  var named: [(String, UInt64)] {
    [
      ("COALESCED", coalesced), ("NEWS", newsSent), ("REFRESHES", refreshesSent), ("OUTDATED", outdated),
      ("NAKS", naksSent), ("UPDATES_REPEATED", updatesRepeated), ("REPAIRS", repairs), ("UNANNOUNCED", unannounced),
      ("EVICTIONS", evictions),
      ("JOINS", joins), ("RESYNCS", resyncs), ("STRANGERS", strangers), ("UNVALIDATED", unvalidated),
    ]
  }
}
