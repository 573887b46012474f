internal import JoolCore

/// The sessions that the module announced before the node had a table.
///
/// The node's clock may have been behind the group's then, so it may not have been able to send them with a version
/// that is high enough.
///
/// A node may be without a table for long. This happens if it receives the hellos of a node with a table, but that node
/// does not receive this one's. So the keys of expired sessions are dropped. There are at most twice as many keys as
/// there were unexpired sessions at the last cleanup, or 1,024 if that is more.
struct EarlyAnnouncements: Sendable {
  private static let smallest = 1024

  /// The expirations of the sessions.
  private var ends: [SessionKey: Instant] = [:]
  /// The number of keys above which those of expired sessions are dropped.
  private var limit = smallest

  var count: Int { ends.count }

  func contains(_ key: SessionKey) -> Bool { ends[key] != nil }

  /// Adds a session that the module has announced.
  /// - `session`: the session as the module has it, with the time that it has left.
  mutating func insert(_ session: SessionEntry, now: Instant) {
    ends[SessionKey(session)] = now + TimeAmount(session.expiration)
    guard ends.count > limit else { return }
    ends = ends.filter { $0.value > now }
    limit = max(Self.smallest, 2 * ends.count)
  }
}
