internal import JoolCore

/// The sessions that the module announced before the node had a table, so that it perhaps could not say them with a
/// version high enough.
///
/// A node may have no table for long: as long as it hears one that has a table and does not hear it. So keys end with
/// their sessions: there are at most twice as many as sessions, and some.
struct OverheardSessions: Sendable {
  private static let smallest = 1024

  private var ends: [SessionKey: Instant] = [:]
  /// With more than so many, those that have ended are looked for.
  private var limit = smallest

  var count: Int { ends.count }

  func contains(_ key: SessionKey) -> Bool { ends[key] != nil }

  /// - Parameter session: as the module has it, with the life that it has left.
  mutating func insert(_ session: SessionEntry, now: Instant) {
    ends[SessionKey(session)] = now + session.expiration.duration
    guard ends.count > limit else { return }
    ends = ends.filter { $0.value > now }
    limit = max(Self.smallest, 2 * ends.count)
  }
}
