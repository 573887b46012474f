internal import JoolCore

/// Detects that the module may have dropped announcements.
///
/// Modules before 4.1.12 drop most of a burst, and do not count what they drop.
///
/// These modules count the packets that they translate, and announce a session for each packet. So if a packet was
/// translated and nothing was announced in time, the announcement was dropped. Only the module's table shows which
/// sessions are affected. The module's number of sessions is no evidence, because other sessions expire meanwhile. It
/// also restarts with a new configuration (`file handle`), at 0 and then below.
///
/// Packets without an announcement (ICMP errors) look the same. Audits find nothing then, so the pause between them
/// grows.
struct AnnouncementMonitor: Sendable {
  /// The last version of the module that drops announcements without counting them.
  ///
  /// Later modules count what they cannot queue (`QueueMonitor`).
  static let lastThatDropsSilently = ModuleVersion(4, 1, 11)
  static let counter = "JSTAT_SUCCESS"
  /// The time after `ss-flush-deadline` within which an announcement must arrive.
  static let delay = TimeAmount.seconds(1)
  /// The bounds of the pause between two audits.
  ///
  /// The pause doubles from audit to audit while they find nothing.
  static let shortestPause = TimeAmount.seconds(8)
  static let longestPause = TimeAmount.seconds(64)
  /// The minimum ratio between the pause and the duration of the audit before it.
  static let pauseFactor = 10

  /// The counts at one check: packets translated, and sessions announced.
  private struct Count: Sendable {
    var translated: UInt64
    var announced: UInt64

    /// The number of packets without an announcement, plus a constant.
    var surplus: Int64 { Int64(truncatingIfNeeded: translated &- announced) }
  }

  private var last: Count?
  /// The number of translated packets whose sessions are all known, from an audit or from announcements.
  private var covered: UInt64 = 0
  /// The surplus that is expected if no announcement is under way and none was dropped.
  private var balance: Int64 = 0
  /// Whether announcements may have been under way when the last audit, or this watch, began.
  ///
  /// They may be mistaken for the announcements of later packets that were dropped. This lasts until the module has
  /// been idle.
  private var isBlurred = true
  /// The time until which such announcements may arrive.
  private var settlesAt: Instant?
  private var suspectsSince: Instant?
  private var pause = AnnouncementMonitor.shortestPause
  private var restsUntil: Instant?

  /// Evaluates the module's statistics, which are read at each check.
  /// - `announced`: the number of sessions that the module has announced to this program.
  /// - `maxDelay`: the maximum time that an announcement may take.
  mutating func look(_ statistics: [Statistic], announced: UInt64, maxDelay: TimeAmount, now: Instant) {
    let translated = statistics.first { $0.name == Self.counter }?.value ?? 0
    let count = Count(translated: translated, announced: announced)
    defer { self.last = count }
    guard let last, translated >= last.translated else {
      isBlurred = true
      return begin(at: count)
    }
    // Another program may have made the module announce sessions for which it translated no packet.
    balance = min(balance, count.surplus)
    let settlesAt = settlesAt ?? now + maxDelay
    self.settlesAt = settlesAt
    guard now >= settlesAt else { return }
    if translated == covered {
      (balance, isBlurred, suspectsSince) = (count.surplus, false, nil)
    } else if count.surplus == balance, !isBlurred {
      (covered, suspectsSince, pause) = (translated, nil, Self.shortestPause)
    } else {
      suspectsSince = suspectsSince ?? now
    }
  }

  /// Whether the module's table should be read.
  func isAuditDue(maxDelay: TimeAmount, now: Instant) -> Bool {
    guard let suspectsSince, now - suspectsSince >= maxDelay else { return false }
    return restsUntil.map { $0 <= now } ?? true
  }

  /// Notes that an audit begins: the module's table is read from now on.
  mutating func auditBegan() {
    guard let last else { return }
    isBlurred = isBlurred || last.surplus != balance
    begin(at: last)
  }

  private mutating func begin(at count: Count) {
    (covered, balance) = (count.translated, count.surplus)
    (settlesAt, suspectsSince) = (nil, nil)
  }

  /// Notes that an audit has ended, and computes the pause until the next one.
  /// - `found`: the number of the module's sessions that had not been announced in time. `nil` if the audit had another
  ///   purpose.
  /// - `duration`: the duration of the audit.
  mutating func auditEnded(found: UInt64?, after duration: TimeAmount, now: Instant) {
    if let found { pause = found > 0 ? Self.shortestPause : min(pause * 2, Self.longestPause) }
    restsUntil = now + max(pause, duration * Self.pauseFactor)
  }
}
