package import JoolCore

/// Decides which sessions of a snapshot a module is given, and counts what becomes of each.
///
/// Before the first session is given, the module's table must have been compared: `exclude(contradicting:)` for each of
/// its BIB entries, and `exclude(present:)` for each of its sessions. Afterwards its table is read once more, and each
/// session of it is passed to `confirm`, because the module does not answer which sessions it has stored. What is left
/// at `finish(now:)` is missing. All times are those of the snapshot's clock (`SavedTable.instant(at:)`).
package struct SessionRestoration: Sendable {
  /// The numbers of sessions by what became of them.
  ///
  /// Each session of the snapshot is in one of them.
  package struct Counts: Hashable, Sendable {
    /// The module did not have the session, and has it now.
    package var stored = 0
    /// The module had the session already, so it was left as it was.
    package var present = 0
    /// The session has expired since the snapshot was taken.
    package var expired = 0
    /// The session's mask is not in pool4.
    ///
    /// The module would store it, but then refuse every change of a variable.
    package var outsidePool4 = 0
    /// The module has a BIB entry of the session's client with another mask, or of its mask with another client.
    package var contradicting = 0
    /// The module does not have the session, although it was to be given to it.
    package var missing = 0

    /// Creates counts of nothing.
    package init() {}

    /// The number of sessions that the module should have, and lacks.
    package var lost: Int { outsidePool4 + contradicting + missing }
  }

  /// What is known so far.
  package private(set) var counts = Counts()
  private var table: SessionTable
  private let theirs: SessionLimits
  private let own: SessionLimits
  private var order: SessionOrder?
  private var cursor = 0

  /// The expiration in milliseconds from which on a session in the module never expires.
  private static let immortal: UInt32 = 0x8000_0000

  /// Begins a restoration.
  /// - Parameters:
  ///   - saved: the snapshot.
  ///   - own: the timeouts of the module that gets the sessions.
  ///   - now: the present time.
  package init(_ saved: SavedTable, own: SessionLimits, now: Instant) {
    table = saved.table
    theirs = saved.snapshot.limits
    self.own = own
    counts.expired = table.expire(now: now)
  }

  /// The number of sessions that were neither excluded nor confirmed.
  package var remaining: Int { table.count }

  /// The number of sessions that were given to the module.
  package var given: Int { cursor }

  // MARK: Comparison

  /// Excludes the sessions that contradict a BIB entry of the module.
  package mutating func exclude(contradicting entry: BIBEntry) {
    for other in [
      table.bibEntry(proto: entry.proto, source6: entry.source6),
      table.bibEntry(proto: entry.proto, source4: entry.source4),
    ] {
      guard let other, other.source6 != entry.source6 || other.source4 != entry.source4 else { continue }
      counts.contradicting += table.removeSessions(of: other)
    }
  }

  /// Excludes a session that the module has.
  package mutating func exclude(present session: SessionEntry, now: Instant) {
    if remove(session, now: now) { counts.present += 1 }
  }

  /// Excludes the sessions whose masks are not in pool4.
  package mutating func excludeMasks(outside contains: (TransportAddress4, L4Protocol) -> Bool) {
    var outside: [BIBEntry] = []
    table.forEachBIBEntry { if !contains($0.source4, $0.proto) { outside.append($0) } }
    for entry in outside { counts.outsidePool4 += table.removeSessions(of: entry) }
  }

  // MARK: Giving

  /// The next sessions to give to the module, at most `most`, in the order in which it adds them fastest.
  ///
  /// Empty if nothing is left.
  package mutating func next(_ most: Int, now: Instant) -> [SessionEntry] {
    let order = order ?? table.kernelOrder()
    self.order = order
    var sessions: [SessionEntry] = []
    while cursor < order.count, sessions.count < most {
      let known = table.session(at: order[cursor], now: now)
      cursor += 1
      guard let known else { continue }
      if let session = share(of: known.entry) {
        sessions.append(session)
      } else if remove(known.entry, now: now) {
        counts.expired += 1
      }
    }
    return sessions
  }

  /// The session as the module should get it.
  ///
  /// It expires when it would if the module had seen its last packet, and never later than it would have expired in the
  /// module of the snapshot. `nil` if that time is over.
  private func share(of session: SessionEntry) -> SessionEntry? {
    let (saved, mine) = (theirs.timeout(of: session).rawValue, own.timeout(of: session).rawValue)
    let left = session.expiration.rawValue
    let shortened = left - min(left, saved - min(saved, mine))
    guard shortened > 0 else { return nil }
    var session = session
    session.expiration = Milliseconds(min(shortened, own.longest(session).rawValue, Self.immortal - 1))
    return session
  }

  // MARK: Reading back

  /// Notes that the module has a session now.
  package mutating func confirm(_ session: SessionEntry, now: Instant) {
    if remove(session, now: now) { counts.stored += 1 }
  }

  /// Counts the rest.
  package mutating func finish(now: Instant) {
    counts.expired += table.expire(now: now)
    counts.missing = table.count
  }

  /// Removes a session of the module from the table.
  /// - Returns: whether the table had it, with the same mask.
  private mutating func remove(_ session: SessionEntry, now: Instant) -> Bool {
    let (proto, source6, destination4) = (session.proto, session.source6, session.destination4)
    let known = table.session(proto: proto, source6: source6, destination4: destination4, now: now)
    guard let known, known.entry.source4 == session.source4 else { return false }
    return table.remove(proto: proto, source6: source6, destination4: destination4, now: now) != nil
  }
}
