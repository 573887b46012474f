package import JoolCore

/// Iterates over the sessions of a whole table.
///
/// They are in ascending order of expiration, which receiving modules add fastest. The pace is limited so that even the
/// small receive buffer of a C proxy has room for what is sent.
package struct TableTransfer: Sendable {
  /// The number of sessions per `pause`.
  ///
  /// They take at most 46 KB of a C proxy's receive buffer, which has 208 KB by default.
  static let sessionsPerBurst = 1024
  static let pause = Duration.milliseconds(5)

  /// The reason of the audit.
  package let reason: SessionProxy.Audit
  private var sessions: SortedSessions
  /// The number of sessions in the whole transfer.
  package let count: Int
  /// The time at which the sessions had the expirations that are stored.
  package let base: Instant
  /// The earliest time of the next burst.
  package private(set) var deadline: Instant

  /// Whether all sessions were taken.
  package var isFinished: Bool { sessions.isEmpty }

  /// Creates a transfer of `sessions`, whose first burst is due at `base`.
  /// - `base`: the time at which the sessions had their expirations.
  package init(
    _ sessions: SortedSessions, because reason: SessionProxy.Audit, base: Instant
  ) {
    self.sessions = sessions
    count = sessions.count
    self.reason = reason
    self.base = base
    deadline = base
  }

  /// Takes the next sessions if they are due, with the expirations that they have now.
  ///
  /// Empty while the sessions are being sorted, which takes one turn per some thousands of them.
  package mutating func nextBurst(now: Instant) -> [SessionEntry] {
    guard now >= deadline, sessions.sortSome() else { return [] }
    deadline = now + Self.pause
    let waited = base.duration(to: now)
    return sessions.take(Self.sessionsPerBurst).map { $0.after(waited) }
  }
}

/// Reads the module's tables page by page, so that other work is done between the pages.
package struct TableDump: Sendable {
  /// The reason of the audit.
  package let reason: SessionProxy.Audit
  /// The time at which the dump began.
  package let base: Instant
  /// The sessions that were read so far, with the expirations that they had at `base`.
  package private(set) var sessions = SortedSessions()
  /// The static BIB entries that were read so far.
  package private(set) var statics = StaticEntries()
  /// The protocols whose BIB is still to be read.
  ///
  /// BIBs are read before sessions, because the static entries must be known before anything is removed.
  private var remainingBIBs: [L4Protocol] = [.tcp, .udp, .icmp]
  private var remaining: [L4Protocol] = [.tcp, .udp, .icmp]
  private var previousEntry: BIBEntry?
  private var previous: SessionEntry?

  /// Creates a dump that has read nothing yet.
  package init(because reason: SessionProxy.Audit, now: Instant) {
    self.reason = reason
    base = now
  }

  /// Whether all tables were read.
  package var isFinished: Bool { remaining.isEmpty }

  /// Reads the next page.
  ///
  /// Blocks until the module has answered.
  /// - Throws: the error of the request, if the module refuses it or does not answer.
  package mutating func readPage(
    from client: inout Jool.Client, now: Instant
  ) throws(JoolError) {
    if let proto = remainingBIBs.first {
      let page = try client.bibEntries(of: proto, after: previousEntry)
      statics.note(page.entries)
      previousEntry = page.hasMore ? page.entries.last : nil
      if !page.hasMore { remainingBIBs.removeFirst() }
      return
    }
    guard let proto = remaining.first else { return }
    let page = try client.sessions(of: proto, after: previous)
    let passed = base.duration(to: now)
    for session in page.sessions { sessions.append(session.before(passed)) }
    previous = page.hasMore ? page.sessions.last : nil
    if !page.hasMore { remaining.removeFirst() }
  }
}
