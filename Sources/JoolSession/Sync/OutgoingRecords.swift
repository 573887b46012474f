internal import JoolCore
internal import OrderedCollections

/// The records that wait to be sent with the next flush.
///
/// Of each session only the latest one waits.
struct OutgoingRecords: Sendable {
  /// Whether datagrams wait to be sent.
  ///
  /// In that case refreshes wait, too.
  private(set) var isCongested = false

  /// The records of new and changed sessions.
  private var changes: OrderedDictionary<SessionKey, SyncRecord> = [:]
  /// The sessions of which only the time left has changed.
  private var refreshes: OrderedDictionary<SessionKey, SessionEntry> = [:]

  /// The number of records that the next flush would send.
  var dueCount: Int { changes.count + (isCongested ? 0 : refreshes.count) }

  /// Notes whether datagrams wait to be sent.
  mutating func note(isCongested: Bool) { self.isCongested = isCongested }

  /// Adds a record.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - isRefresh: Whether only the time left has changed.
  /// - Returns: Whether it waits as a refresh. A session with a waiting change does not.
  @discardableResult
  mutating func add(_ record: SyncRecord, isRefresh: Bool = false) -> Bool {
    let key = SessionKey(record.session)
    if isRefresh, changes[key] == nil {
      refreshes[key] = record.session
      return true
    }
    changes[key] = record
    return false
  }

  /// Takes the records that are due.
  ///
  /// Refreshes are taken as the table has them now, because they may have waited for long.
  mutating func take(from table: SessionTable, now: Instant) -> [SyncRecord] {
    guard !changes.isEmpty || !refreshes.isEmpty else { return [] }
    var records = changes.values.elements
    if !isCongested, !refreshes.isEmpty {
      records.reserveCapacity(records.count + refreshes.count)
      for (key, session) in refreshes where changes[key] == nil {
        if let known = table.session(like: session, now: now), known.origin == 0 { records.append(SyncRecord(known)) }
      }
      refreshes.removeAll(keepingCapacity: true)
    }
    changes.removeAll(keepingCapacity: true)
    return records
  }

  /// Drops the refreshes whose sessions have ended, if very many wait.
  ///
  /// They wait while the network accepts nothing, and most of their sessions end meanwhile.
  mutating func forgetEndedRefreshes(in table: SessionTable, now: Instant) {
    guard isCongested, refreshes.count > 2 * table.count + 1024 else { return }
    refreshes = refreshes.filter { table.session(like: $0.value, now: now) != nil }
  }
}
