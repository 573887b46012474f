package import JoolCore

/// Goes through a whole table: in ascending order of expiration, which receiving modules add fastest, and paced, so
/// that even the small receive buffer of a C proxy keeps up with what is sent of it.
package struct TableTransfer: Sendable {
  /// Sessions per `pause`: at most 46 KB of the 208 KB that a C proxy's buffer has by default.
  static let sessionsPerBurst = 1024
  static let pause = Duration.milliseconds(5)

  package let reason: SessionProxy.Audit
  private var sessions: SortedSessions
  /// How many sessions the transfer has in all.
  package let count: Int
  package let base: Instant
  /// When the next burst may leave.
  package private(set) var deadline: Instant

  package var isFinished: Bool { sessions.isEmpty }

  /// - Parameter base: when the sessions had these expirations.
  package init(
    _ sessions: SortedSessions, because reason: SessionProxy.Audit, base: Instant
  ) {
    self.sessions = sessions
    count = sessions.count
    self.reason = reason
    self.base = base
    deadline = base
  }

  /// The sessions whose turn is now, as they are now. None while they are being sorted, which takes a turn for some
  /// thousands.
  package mutating func nextBurst(now: Instant) -> [SessionEntry] {
    guard now >= deadline, sessions.sortSome() else { return [] }
    deadline = now + Self.pause
    let waited = base.duration(to: now)
    return sessions.take(Self.sessionsPerBurst).map { $0.after(waited) }
  }
}

/// Reads the module's tables page by page, so that other work goes on in between.
package struct TableDump: Sendable {
  package let reason: SessionProxy.Audit
  package let base: Instant
  /// With the expirations they had at `base`.
  package private(set) var sessions = SortedSessions()
  package private(set) var statics = StaticEntries()
  /// The BIBs are read first: what is static must be known before anything is removed.
  private var remainingBIBs: [L4Protocol] = [.tcp, .udp, .icmp]
  private var remaining: [L4Protocol] = [.tcp, .udp, .icmp]
  private var previousEntry: BIBEntry?
  private var previous: SessionEntry?

  package init(because reason: SessionProxy.Audit, now: Instant) {
    self.reason = reason
    base = now
  }

  package var isFinished: Bool { remaining.isEmpty }

  /// Reads one page.
  package mutating func readPage(
    from client: inout JoolClient<NetlinkSocket>, now: Instant
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
