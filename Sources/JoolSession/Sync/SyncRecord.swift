internal import JoolCore

/// A session as SS2 carries it.
struct SyncRecord: Hashable, Sendable {
  /// With the advertised expiration, slack included.
  var session: SessionEntry
  /// Of what was said about the session.
  var version: Version

  /// In bytes.
  static let size = Packed36.size + 8
  /// Lives that differ by less are the same: the way through the network, the module and the table's ticks adds as
  /// much.
  static let sameLife: UInt64 = 250

  init(session: SessionEntry, version: Version) {
    self.session = session
    self.version = version
  }

  /// What the table has.
  init(_ known: SessionTable.Session) { self.init(session: known.entry, version: known.version) }

  /// Whether this counts if both cannot: a total order of everything that is said, of the same session and of rivals
  /// for a mask. No other function compares versions of sessions.
  ///
  /// The later version counts. Equal ones, which only nodes say that did not hear each other, are ordered by content;
  /// it does not matter how, but each node must do it alike.
  /// - Parameters:
  ///   - other: the other one's version.
  ///   - content: the other session; not looked at if the versions tell.
  @inline(__always)
  func isNewer(than other: Version, _ content: @autoclosure () -> SessionEntry) -> Bool {
    version == other ? session.isAbove(content()) : version > other
  }

  func isNewer(than known: SessionTable.Session) -> Bool { isNewer(than: known.version, known.entry) }

  func isNewer(than other: SyncRecord) -> Bool { isNewer(than: other.version, other.session) }
}

extension SessionEntry {
  /// Whether the life left is longer, by more than what is no difference.
  func lives(longerThan other: SessionEntry) -> Bool {
    UInt64(expiration.rawValue) > UInt64(other.expiration.rawValue) + SyncRecord.sameLife
  }

  /// Whether two words about one session differ in nothing but the life.
  func saysTheSame(as other: SessionEntry) -> Bool {
    state == other.state && timer == other.timer && source4 == other.source4
  }

  /// State, timer, source4, source6, destination4, protocol, in this order; addresses before ports.
  fileprivate func isAbove(_ other: SessionEntry) -> Bool {
    let theirs = (other.state.rawValue, other.timer.rawValue, other.source4, other.source6, other.destination4)
    let mine = (state.rawValue, timer.rawValue, source4, source6, destination4)
    return mine == theirs ? proto.rawValue > other.proto.rawValue : mine > theirs
  }
}
