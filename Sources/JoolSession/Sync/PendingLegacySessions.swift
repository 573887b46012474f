internal import JoolCore
internal import OrderedCollections

/// The sessions that C proxies have sent, and that no node has sent as records yet.
///
/// All nodes receive them at about the same time. Each node waits for the nodes of lower rank, and sends the sessions
/// that they have not sent.
struct PendingLegacySessions: Sendable {
  /// The time for which each rank waits for the one before it.
  static let turn = TimeAmount.milliseconds(20)
  /// The longest time for which any rank waits.
  static let longestWait = TimeAmount.milliseconds(200)
  /// The number of waiting sessions from which on a further one is due at once.
  static let maxCount = 65_536

  /// A session that waits.
  private struct Waiting: Sendable {
    /// The session with the time left that it had when it was received.
    var session: SessionEntry
    var received: Instant
    let due: Instant
  }

  private var waiting: OrderedDictionary<SessionKey, Waiting> = [:]
  /// The next time to look for sessions that are due; `nil` if none waits.
  private(set) var deadline: Instant?

  /// Adds a session that a C proxy has sent, or replaces a waiting one, which keeps the time at which it is due.
  /// - `session`: the session with slack.
  /// - `rank`: the number of nodes that should send the session before this one.
  mutating func add(_ session: SessionEntry, rank: Int, now: Instant) {
    let key = SessionKey(session)
    let wait = waiting.count < Self.maxCount ? min(Self.turn * rank, Self.longestWait) : .zero
    let due = waiting[key]?.due ?? now + wait
    waiting[key] = Waiting(session: session, received: now, due: due)
    deadline = min(deadline ?? due, due)
  }

  /// Removes a waiting session if a node has sent a record with the same content and no less time left.
  mutating func remove(sentAs record: SyncRecord) {
    if !waiting.isEmpty { removeWaiting(sentAs: record) }  // It is empty nearly always.
  }

  private mutating func removeWaiting(sentAs record: SyncRecord) {
    let key = SessionKey(record.session)
    guard record.version != .unassigned, let entry = waiting[key], entry.session.hasSameContent(as: record.session),
      !entry.session.lives(longerThan: record.session)
    else { return }
    waiting[key] = nil
    if waiting.isEmpty { deadline = nil }
  }

  /// Postpones all waiting sessions, because this node may not send records yet.
  mutating func wait(until time: Instant) { deadline = waiting.isEmpty ? nil : time }

  /// Takes the sessions that are due, with the time that they have left, in the order in which they first arrived.
  ///
  /// Expired ones are dropped.
  mutating func takeDue(now: Instant) -> [SessionEntry] {
    var due: [SessionEntry] = []
    var later: OrderedDictionary<SessionKey, Waiting> = [:]
    deadline = nil
    for (key, entry) in waiting {
      guard entry.due <= now else {
        later[key] = entry
        deadline = min(deadline ?? entry.due, entry.due)
        continue
      }
      var session = entry.session
      session.expiration = Milliseconds(clamping: TimeAmount(session.expiration) - (now - entry.received))
      if session.expiration > Milliseconds(0) { due.append(session) }
    }
    waiting = later
    return due
  }
}
