internal import JoolCore

/// Goes through a whole table: in ascending order of expiration, which receiving modules add fastest, and paced, so that
/// even the small receive buffer of a C proxy keeps up with what is sent of it.
struct TableTransfer: Sendable {
  /// Sessions per `pause`: at most 46 KB of the 208 KB that a C proxy's buffer has by default.
  static let sessionsPerBurst = 1024
  static let pause = Duration.milliseconds(5)

  let reason: SessionProxy.Audit
  private let sessions: [SessionEntry]
  private var cursor = 0
  let base: ContinuousClock.Instant
  /// When the next burst may leave.
  private(set) var deadline: ContinuousClock.Instant

  /// How many sessions the transfer has in all.
  var count: Int { sessions.count }

  var isFinished: Bool { cursor == sessions.count }

  /// - Parameter base: when the sessions had these expirations.
  init(
    _ sessions: [SessionEntry], because reason: SessionProxy.Audit, base: ContinuousClock.Instant
  ) {
    var sorted = sessions
    sorted.sortForKernel()
    self.sessions = sorted
    self.reason = reason
    self.base = base
    deadline = base
  }

  /// The sessions whose turn is now, as they are now.
  mutating func nextBurst(now: ContinuousClock.Instant) -> [SessionEntry] {
    guard now >= deadline else { return [] }
    deadline = now + Self.pause
    let start = cursor
    cursor = min(cursor + Self.sessionsPerBurst, sessions.count)
    let waited = base.duration(to: now)
    return sessions[start..<cursor].map { $0.after(waited) }
  }
}

/// Reads the module's tables page by page, so that other work goes on in between.
struct TableDump: Sendable {
  let reason: SessionProxy.Audit
  let base: ContinuousClock.Instant
  /// With the expirations they had at `base`.
  private(set) var sessions: [SessionEntry] = []
  private var remaining: [L4Protocol] = [.tcp, .udp, .icmp]
  private var previous: SessionEntry?

  init(because reason: SessionProxy.Audit, now: ContinuousClock.Instant) {
    self.reason = reason
    base = now
  }

  var isFinished: Bool { remaining.isEmpty }

  /// Reads one page.
  mutating func readPage(
    from client: inout JoolClient<NetlinkSocket>, now: ContinuousClock.Instant
  ) throws(JoolError) {
    guard let proto = remaining.first else { return }
    let page = try client.sessions(of: proto, after: previous)
    let passed = base.duration(to: now)
    sessions += page.sessions.map { $0.before(passed) }
    previous = page.hasMore ? page.sessions.last : nil
    if !page.hasMore { remaining.removeFirst() }
  }
}
