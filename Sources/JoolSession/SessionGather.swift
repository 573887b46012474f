internal import JoolCore

/// Collects the sessions of a burst, so that the module gets all of it sorted.
///
/// The module keeps a list per protocol and timer sorted by expiration and walks it from its tail for every session
/// added: sessions in random order cost n², in ascending order next to nothing (40,000: 11.5 s against 0.74 s), and it
/// does so under the lock that its packets need. What decides is the order within the whole burst, so a burst is let in
/// completely, within bounds of time and memory. A trickle waits only for `quiet`.
struct SessionGather: Sendable {
  /// A burst is over when nothing came for this long.
  static let quiet = Duration.milliseconds(20)
  /// Few sessions wait no longer than this, however steadily more of them arrive: order hardly matters for them.
  static let trickleLimit = Duration.milliseconds(100)
  static let trickleCount = 2000
  /// A burst waits no longer than this.
  static let burstLimit = Duration.seconds(4)
  /// More sessions than this are not kept waiting (about 160 MB, their index included).
  static let maxCount = 1_000_000

  /// With the expirations they had at `base`, when the first one came.
  private var sessions = SortedSessions()
  private var positions: [SessionKey: Int] = [:]
  private var first: ContinuousClock.Instant?
  private var latest: ContinuousClock.Instant?

  var isEmpty: Bool { sessions.isEmpty }

  /// Takes a session in. One with the same key that waits already is replaced: sorting would lose which was later.
  /// - Returns: whether another one was replaced.
  mutating func insert(_ session: SessionEntry, now: ContinuousClock.Instant) -> Bool {
    let session = first.map { session.before($0.duration(to: now)) } ?? session
    first = first ?? now
    latest = now
    if let position = positions[SessionKey(session)] {
      sessions[position] = session
      return true
    }
    positions[SessionKey(session)] = sessions.count
    sessions.append(session)
    return false
  }

  /// Some shall not get into the module after all.
  mutating func removeAll(where isOutdated: (SessionEntry) -> Bool) {
    let before = sessions.count
    sessions.removeAll(where: isOutdated)
    guard sessions.count != before else { return }
    positions = Dictionary(uniqueKeysWithValues: (0..<sessions.count).map { (SessionKey(sessions[$0]), $0) })
  }

  var base: ContinuousClock.Instant? { first }

  var isFull: Bool { sessions.count >= Self.maxCount }

  /// When the burst is to be handed on at the latest. `nil` while there is none.
  var deadline: ContinuousClock.Instant? {
    guard let first, let latest else { return nil }
    if isFull { return first }
    return min(latest + Self.quiet, first + (sessions.count < Self.trickleCount ? Self.trickleLimit : Self.burstLimit))
  }

  /// All of it, to be sorted.
  mutating func take() -> SortedSessions {
    defer { self = SessionGather() }
    return sessions
  }
}

/// What makes two records the same session: protocol, IPv6 node and IPv4 node (RFC 6146 §3.2).
struct SessionKey: Hashable, Sendable {
  private let source6: TransportAddress6
  private let destination4: TransportAddress4
  private let proto: L4Protocol

  init(_ session: SessionEntry) {
    source6 = session.source6
    destination4 = session.destination4
    proto = session.proto
  }
}
