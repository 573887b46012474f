internal import JoolCore

/// A session and its version, as SS2 frames carry them.
struct SyncRecord: Hashable, Sendable {
  /// The session with the advertised expiration, any slack included.
  var session: SessionEntry
  /// The version of this record.
  var version: Version

  /// The size of a record on the wire in bytes.
  static let size = Packed36.size + 8
  /// Times left that differ by no more than this many milliseconds count as equal, because the way through the network,
  /// the module and the table's ticks adds as much.
  static let sameLife: UInt64 = 250

  init(session: SessionEntry, version: Version) {
    self.session = session
    self.version = version
  }

  /// Makes the record of a session in the table.
  init(_ known: SessionTable.Session) { self.init(session: known.entry, version: known.version) }

  /// Whether this record wins if only one of the two can be kept.
  ///
  /// This is a total order of all records, both of the same session and of rivals for a mask. No other function
  /// compares versions of sessions.
  ///
  /// The later version wins. Different records have equal versions only if their nodes did not hear each other. Such
  /// records are ordered by content. Any order will do, but each node must use the same.
  /// - `other`: the version of the other record.
  /// - `content`: the other session. It is evaluated only if the versions are equal.
  @inline(__always)
  func isNewer(than other: Version, _ content: @autoclosure () -> SessionEntry) -> Bool {
    version == other ? session.isAbove(content()) : version > other
  }

  func isNewer(than known: SessionTable.Session) -> Bool { isNewer(than: known.version, known.entry) }

  func isNewer(than other: SyncRecord) -> Bool { isNewer(than: other.version, other.session) }
}

extension SessionEntry {
  /// Whether this session has more time left, by more than `SyncRecord.sameLife`.
  func lives(longerThan other: SessionEntry) -> Bool {
    UInt64(expiration.rawValue) > UInt64(other.expiration.rawValue) + SyncRecord.sameLife
  }

  /// Whether two entries for one session differ in nothing but the time left.
  func hasSameContent(as other: SessionEntry) -> Bool {
    state == other.state && timer == other.timer && source4 == other.source4
  }

  /// Whether this session is the greater one.
  ///
  /// State, timer, source4, source6, destination4 and protocol are compared in this order, and addresses before ports.
  fileprivate func isAbove(_ other: SessionEntry) -> Bool {
    let theirs = (other.state.rawValue, other.timer.rawValue, other.source4, other.source6, other.destination4)
    let mine = (state.rawValue, timer.rawValue, source4, source6, destination4)
    return mine == theirs ? proto.rawValue > other.proto.rawValue : mine > theirs
  }
}
