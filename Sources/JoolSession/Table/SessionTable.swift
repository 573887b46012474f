public import JoolCore

/// The live sessions of a NAT64 and the BIB they imply, as the module's database has them (RFC 6146 §3.1, §3.2).
///
/// A session is identified by protocol, source6 and destination4. Per protocol, a source6 has one source4 and a source4
/// one source6, for all of its sessions: their BIB entry, which lives as long as one of them does. A session that
/// contradicts is refused whole, as the module refuses it; the table stays as it was. So a session is found from the
/// IPv4 side, too: source4 leads to source6.
///
/// A value: copies are independent, and share memory until they differ. No clock inside: time is an argument and should
/// not go back (if it does, nothing dies meanwhile). Times are kept in steps of 10 ms, so that an expiration may come
/// back up to 9 ms longer than it went in, never shorter. What is due stays until `expire(now:)` takes it.
///
/// A session takes 64 bytes in `RowStore` and about 7 in each of three `RowIndex`es (the BIB's two have one entry per
/// BIB entry); docs/measurements.md has figures. A table has 32 KB of digests, and 250 KB of indexes once it is used.
/// Memory is kept for later sessions; `removeAll()` gives it back. Adding, updating, finding, removing and expiring
/// take constant time, but for the growth of a 64th of an index now and then (`reserveCapacity(_:)` avoids it), and a
/// new base for all times every 248 days.
public struct SessionTable: Sendable {
  /// destination6 is not stored: it is made of this and destination4, as for Jool's 36-byte record.
  public let pool6: IPv6Prefix

  var rows = RowStore()
  var sessions = RowIndex()
  /// The leader of each BIB entry by source6, and by source4.
  var bib6 = RowIndex()
  var bib4 = RowIndex()
  var wheel = TimerWheel()
  var clock: TickClock
  var digests = ContiguousArray<UInt64>(repeating: 0, count: SessionDigest.bucketCount)
  /// The digest of the whole table; 0 if it is empty.
  public internal(set) var rootDigest: UInt64 = 0
  let hash = RowHash()

  /// - Parameters:
  ///   - pool6: the NAT64's.
  ///   - now: about the earliest time the table will be told.
  /// - Returns: `nil` if pool6's length is none of RFC 6052's.
  public init?(pool6: IPv6Prefix, now: Instant) {
    guard IPv6Prefix.translationLengths.contains(pool6.length) else { return nil }
    self.pool6 = pool6
    // From the first tick on, 0 means "never".
    clock = TickClock(base: now - .milliseconds(TickClock.millisecondsPerTick))
  }

  /// How many sessions there are, those that are due included.
  public var count: Int { rows.count }

  public var isEmpty: Bool { count == 0 }

  /// How many BIB entries the sessions imply.
  public var bibCount: Int { bib6.count }

  /// A session and what the table knows about it.
  public struct Session: Hashable, Sendable {
    /// `expiration` is what is left at the time asked for, of what was advertised; 0 if the session is due.
    public var entry: SessionEntry
    /// The number of the node whose word was the last about it; 0 is this one.
    public var origin: UInt8
    /// The version of the last record; a later record has a higher one.
    public var version: Version

    public init(entry: SessionEntry, origin: UInt8, version: Version = .unsaid) {
      self.entry = entry
      self.origin = origin
      self.version = version
    }
  }

  /// What became of a session given to the table.
  public enum Change: Hashable, Sendable {
    case inserted
    /// The session was there; what it was like.
    case updated(previous: Session)
    /// Not taken: a BIB entry in the table has its source6 or its source4, but not both.
    case conflict(BIBEntry)
    /// Not taken: no TCP state or timer has this number, or 268,435,455 sessions are there.
    case refused
  }

  /// Adds a session, or updates the state, timer, expiration, origin and version of the one with its identity.
  ///
  /// - Parameters:
  ///   - entry: its destination6 does not matter.
  ///   - isOwnWord: whether this node says so to its peers now, which `knowledge(of:quarter:now:)` asks for.
  public mutating func upsert(
    _ entry: SessionEntry, origin: UInt8 = 0, version: Version = .unsaid, isOwnWord: Bool = false, now: Instant
  ) -> Change {
    guard var row = SessionRow(entry, origin: origin, version: version) else { return .refused }
    rebaseIfDue(now)
    row.expires = clock.expiryTick(entry.expiration, now: now)
    if isOwnWord { row.ownSaid = max(1, UInt32(clamping: clock.tick(at: now))) }
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
    // A later time needs no move: the wheel finds out when it gets to the old one.
    if row.expires < old.expires {
      wheel.unschedule(number, in: &rows)
      wheel.schedule(number, in: &rows)
    }
  }

  // MARK: What is said

  /// What became of a record.
  enum Merge: Hashable, Sendable {
    case taken(row: UInt32)
    /// The table has a later one about this session.
    case outdated
    /// The table has the same one, and it does not live longer.
    case repeated
    /// Not taken: other sessions contradict it. If all of them are older, they should be removed.
    case conflict
    /// The table did not take the record (`Change.refused`).
    case refused
  }

  /// Takes a record if it is the later word about its session; with its life, whatever that is.
  mutating func merge(_ record: SyncRecord, origin: UInt8, now: Instant) -> Merge {
    guard var row = SessionRow(record.session, origin: origin, version: record.version) else { return .refused }
    rebaseIfDue(now)
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
      // The same word, told again. A delay only ever makes lives too long: the shortest is nearest to what was said.
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
