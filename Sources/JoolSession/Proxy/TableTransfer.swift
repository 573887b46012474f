internal import JoolCore

/// Iterates over the sessions of a whole table.
///
/// They are in ascending order of expiration, which receiving modules add fastest. The pace is limited so that even the
/// small receive buffer of a C proxy has room for what is sent.
struct TableTransfer: Sendable {
  /// The number of sessions per `pause`.
  ///
  /// They take at most 46 KB of a C proxy's receive buffer, which has 208 KB by default.
  static let sessionsPerBurst = 1024
  static let pause = TimeAmount.milliseconds(5)

  private var sessions: SortedSessions
  /// The number of sessions in the whole transfer.
  let count: Int
  /// The time at which the sessions had the expirations that are stored.
  let base: Instant
  /// The earliest time of the next burst.
  private(set) var deadline: Instant

  /// Whether all sessions were taken.
  var isFinished: Bool { sessions.isEmpty }

  /// Creates a transfer of `sessions`, whose first burst is due at `base`.
  /// - `base`: the time at which the sessions had their expirations.
  init(_ sessions: SortedSessions, base: Instant) {
    self.sessions = sessions
    count = sessions.count
    self.base = base
    deadline = base
  }

  /// Takes the next sessions if they are due, with the expirations that they have now.
  ///
  /// Empty while the sessions are being sorted, which takes one turn per some thousands of them.
  mutating func nextBurst(now: Instant) -> [SessionEntry] {
    guard now >= deadline, sessions.sortSome() else { return [] }
    deadline = now + Self.pause
    let waited = base.duration(to: now)
    return sessions.take(Self.sessionsPerBurst).map { $0.after(waited) }
  }
}
