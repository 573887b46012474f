public import JoolCore

/// The end of a client's mapping, with all sessions of the client, by order of an administrator.
///
/// A client is a protocol and an IPv6 transport address. A removal ends all records of its client that are not newer. It
/// is remembered until no older record of the client can exist any more, because a peer that was away may still have
/// one. docs/session-sync-protocol.md, section 5, has the rules.
public struct Removal: Hashable, Sendable {
  /// The mapping that was removed: the client, and the mask that it had.
  public var entry: BIBEntry
  /// The version, as that of a record.
  public var version: Version
  /// The time for which the removal is remembered in all.
  public var memory: Milliseconds
  /// The part of `memory` that is left.
  public var left: Milliseconds

  /// Makes a removal.
  public init(entry: BIBEntry, version: Version, memory: Milliseconds, left: Milliseconds) {
    self.entry = entry
    self.version = version
    self.memory = memory
    self.left = left
  }

  /// The milliseconds since the mapping was removed.
  var age: Int64 { Int64(memory.rawValue) - Int64(min(left, memory).rawValue) }

  /// Whether this removal replaces another one of the same client.
  ///
  /// This is a total order of the removals of a client.
  func isNewer(than other: Removal) -> Bool {
    (version, entry.source4) > (other.version, other.entry.source4)
  }
}

/// A session or a removal, as transfers and snapshots have them.
public enum TableRecord: Hashable, Sendable {
  /// A session, and what the table knows about it.
  case session(SessionTable.Session)
  /// The end of a client's sessions.
  case removal(Removal)
}
