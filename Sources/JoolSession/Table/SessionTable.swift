public import JoolCore

/// The sessions of a NAT64 and the BIB that they imply, as in the module's database (RFC 6146 §3.1, §3.2).
///
/// A session is identified by protocol, source6 and destination4. Per protocol, a source6 has one source4 and a source4
/// one source6, for all of its sessions. This pair is their BIB entry, which exists as long as one of its sessions
/// does. A session that contradicts a BIB entry is refused, as the module refuses it, and the table stays as it was. So
/// a session can be found from the IPv4 side, too, because source4 leads to source6.
///
/// The table is a value: copies are independent, and share memory until they differ. It has no clock. The time is an
/// argument and should not go back (if it does, nothing expires meanwhile). Times are kept in steps of 10 ms, so the
/// expiration that is returned may be up to 9 ms longer than the one that was stored, and is never shorter. A session
/// that has expired stays until `expire(now:)` removes it.
///
/// A session takes 64 bytes in `RowStore` and about 7 in each of three `RowIndex`es (the BIB's two have one entry per
/// BIB entry); docs/measurements.md has figures. A table has 32 KB of digests, and 250 KB of indexes once it is used.
/// Memory is kept for later sessions; `removeAll()` frees it. Adding, updating, finding, removing and expiring take
/// constant time. The exceptions are the growth of a 64th of an index now and then (`reserveCapacity(_:)` avoids it),
/// and a new base for all times every 248 days.
public struct SessionTable: Sendable {
  /// The prefix of the NAT64.
  ///
  /// A session's destination6 is not stored: it is derived from this and destination4, as for Jool's 36-byte record.
  public let pool6: IPv6Prefix

  var rows = RowStore()
  var sessions = RowIndex()
  /// The leader of each BIB entry by source6.
  var bib6 = RowIndex()
  /// The leader of each BIB entry by source4.
  var bib4 = RowIndex()
  var wheel = TimerWheel()
  /// The masks in order, if lists are made of the table (`keepMasksInOrder()`); otherwise `nil`.
  var masks: MaskOrder?
  /// What was removed for good: one element, or none if nothing was.
  ///
  /// An array, because a table without removals must not become larger: it is moved in each turn of the proxy.
  var removalStore: ContiguousArray<Removals> = []
  var clock: TickClock
  var digests = ContiguousArray<UInt64>(repeating: 0, count: SessionDigest.bucketCount)
  /// The digest of the whole table; 0 if it is empty.
  package internal(set) var rootDigest: UInt64 = 0
  let hash = RowHash()

  /// Makes an empty table.
  ///
  /// `nil` if pool6's length is none of RFC 6052's.
  /// - Parameters:
  ///   - pool6: the prefix of the NAT64.
  ///   - now: about the earliest time that will be passed to the table.
  public init?(pool6: IPv6Prefix, now: Instant) {
    guard IPv6Prefix.isTranslationLength(pool6.length) else { return nil }
    self.pool6 = pool6
    // The base is one tick earlier, because tick 0 stands for "never".
    clock = TickClock(base: now - TickClock.length)
  }

  /// The number of sessions, including those that have expired and were not removed yet.
  public var count: Int { rows.count }

  /// Whether the table has no sessions.
  public var isEmpty: Bool { count == 0 }

  /// The number of BIB entries that the sessions imply.
  public var bibCount: Int { bib6.count }

  /// A session and what the table knows about it.
  public struct Session: Hashable, Sendable {
    /// The session.
    ///
    /// Its `expiration` is the time left, of what was advertised, at the time of the query. 0 if the session has
    /// expired.
    public var entry: SessionEntry
    /// The number of the peer that sent the last record about the session (`SyncPeer.index`).
    ///
    /// 0 is this node, and 255 a C proxy.
    public var origin: UInt8
    /// The version of the last record; a later record has a higher one.
    public var version: Version

    /// Makes a value from its parts.
    public init(entry: SessionEntry, origin: UInt8, version: Version = .unassigned) {
      self.entry = entry
      self.origin = origin
      self.version = version
    }
  }

  /// The result of `upsert`.
  public enum Change: Hashable, Sendable {
    /// The session was added.
    case inserted
    /// The session was in the table already. `previous` is what it was before.
    case updated(previous: Session)
    /// Not added: a BIB entry in the table has the session's source6 or its source4, but not both.
    case conflict(BIBEntry)
    /// Not added: a removal of its client is not older than the record. The session is not in the table any more.
    case ended
    /// Not added: no TCP state or timer has this number, or the table is full (268,435,455 sessions).
    case refused
  }

  /// Adds a session, or updates the state, timer, expiration, origin and version of the one with its identity.
  ///
  /// - Parameters:
  ///   - entry: the session. Its destination6 is ignored.
  ///   - origin: the number of the peer that sent the record. 0 is this node, and 255 a C proxy.
  ///   - version: the version of the record.
  ///   - isOwnRecord: whether this node sends it to its peers now. `knowledge(of:quarter:now:)` uses that.
  ///   - now: the present time.
  /// - Returns: the change of the table.
  public mutating func upsert(
    _ entry: SessionEntry, origin: UInt8 = 0, version: Version = .unassigned, isOwnRecord: Bool = false, now: Instant
  ) -> Change {
    guard var row = SessionRow(entry, origin: origin, version: version) else { return .refused }
    rebaseIfDue(now)
    row.expires = clock.expiryTick(entry.expiration, now: now)
    if isOwnRecord { row.ownRecordTick = max(1, UInt32(clamping: clock.tick(at: now))) }
    guard !isEnded(row) else { return .ended }
    let hash6 = hash.bib6(row)
    let sessionHash = hash.session(row, bib6: hash6)
    guard let number = findSession(row, sessionHash) else {
      switch insert(row, sessionHash, hash6) {
      case .taken: return .inserted
      case .conflict(let entry): return .conflict(entry)
      case .refused: return .refused
      }
    }
    let old = rows[number]
    guard old.hasSource4(of: row) else { return .conflict(old.bibEntry) }
    update(number, from: old, to: row)
    return .updated(previous: session(old, now: now))
  }

  private enum Insertion {
    case taken(row: UInt32)
    case conflict(BIBEntry)
    case refused
  }

  /// Expects that no row has this identity.
  private mutating func insert(_ row: SessionRow, _ sessionHash: UInt64, _ hash6: UInt64) -> Insertion {
    guard rows.hasRoom else { return .refused }
    let leader = findBIB6(row, hash6)
    if let leader {
      guard rows[leader].hasSource4(of: row) else { return .conflict(rows[leader].bibEntry) }
    } else if let other = findBIB4(row, hash.bib4(row)) {
      return .conflict(rows[other].bibEntry)
    }
    return .taken(row: insert(row, sessionHash, hash6, leader: leader))
  }

  /// Expects that both have the same identity and source4.
  private mutating func update(_ number: UInt32, from old: SessionRow, to row: SessionRow) {
    rows[number].update(from: row)
    if old.version != row.version || old.stateAndTimer != row.stateAndTimer { replaceDigest(of: old, by: row) }
    // A later expiration needs no move, because the wheel reschedules the row when it reaches the old one.
    if row.expires < old.expires {
      wheel.unschedule(number, in: &rows)
      wheel.schedule(number, in: &rows)
    }
  }

  // MARK: Merging

  /// The result of `merge`.
  enum Merge: Hashable, Sendable {
    /// The record is in the table now, in this row.
    case taken(row: UInt32)
    /// The table has a newer record of this session, or a removal of its client that is not older.
    case outdated
    /// The table has the same record. The time left in this one is not shorter by more than `SyncRecord.sameLife`.
    case repeated
    /// Not merged: other sessions contradict it. If all of them are older, they should be removed.
    case conflict
    /// Not merged, for the reasons of `Change.refused`.
    case refused
  }

  /// Stores a record if it is newer than the table's about this session.
  ///
  /// It replaces that whole, expiration included.
  mutating func merge(_ record: SyncRecord, origin: UInt8, now: Instant) -> Merge {
    guard var row = SessionRow(record.session, origin: origin, version: record.version) else { return .refused }
    rebaseIfDue(now)
    guard !isEnded(row) else { return .outdated }
    row.expires = clock.expiryTick(record.session.expiration, now: now)
    let hash6 = hash.bib6(row)
    let sessionHash = hash.session(row, bib6: hash6)
    guard let number = findSession(row, sessionHash) else {
      switch insert(row, sessionHash, hash6) {
      case .taken(let number): return .taken(row: number)
      case .conflict: return .conflict
      case .refused: return .refused
      }
    }
    let old = rows[number]
    if old.version == row.version, old.hasContent(of: row) {
      // The record was received before. A delay only ever makes the time left too long, so the shortest one is the most
      // accurate.
      let left = clock.remaining(until: old.expires, now: now)
      guard UInt64(left.rawValue) > UInt64(record.session.expiration.rawValue) + SyncRecord.sameLife else {
        return .repeated
      }
      row.origin = old.origin
    } else if !record.isNewer(than: old.version, session(old, now: now).entry) {
      return .outdated
    }
    guard old.hasSource4(of: row) else { return .conflict }
    update(number, from: old, to: row)
    return .taken(row: number)
  }
}
