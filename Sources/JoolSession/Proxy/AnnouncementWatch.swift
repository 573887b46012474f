package import JoolCore

/// Notices that the module may have dropped announcements. Modules before 4.1.12 drop most of a burst, and count none of it.
///
/// But they count the packets that they translate, and announce a session for each. So what was translated and not
/// announced in time was dropped, and only the module's table says which sessions it was. Their number says nothing of it:
/// others end meanwhile, and it starts anew, at 0 and then below, with a new configuration (`file handle`).
///
/// Packets that nothing is announced for (ICMP errors) look the same. Then audits find nothing, and come less and less often.
package struct AnnouncementWatch: Sendable {
  /// Later modules count what they cannot queue (`QueueWatch`).
  package static let lastThatDropsSilently = ModuleVersion(4, 1, 11)
  static let counter = "JSTAT_SUCCESS"
  /// How much later than `ss-flush-deadline` an announcement may come.
  package static let delay = Duration.seconds(1)
  /// How long the table is not read again. From audit to audit twice as long while they find nothing.
  static let shortestPause = Duration.seconds(8)
  static let longestPause = Duration.seconds(64)
  /// At least so many times as long as reading it took.
  static let pauseFactor = 10

  /// What was counted at a look: packets translated, sessions announced.
  private struct Count: Sendable {
    var translated: UInt64
    var announced: UInt64

    /// Packets without an announcement, and a constant.
    var surplus: Int64 { Int64(truncatingIfNeeded: translated &- announced) }
  }

  private var last: Count?
  /// An audit has found, or announcements have told, what was translated until then.
  private var covered: UInt64 = 0
  /// The surplus if nothing is under way and nothing was dropped.
  private var balance: Int64 = 0
  /// Whether announcements may have been under way when an audit began, or the watch. They may stand for later packets that
  /// were dropped, until the module has rested.
  private var isBlurred = true
  /// Until when such announcements may arrive.
  private var settlesAt: Instant?
  private var suspectsSince: Instant?
  private var pause = AnnouncementWatch.shortestPause
  private var restsUntil: Instant?

  package init() {}

  /// The module was looked at.
  /// - Parameters:
  ///   - announced: how many sessions it has announced to this program.
  ///   - patience: how long announcements may take.
  package mutating func look(_ statistics: [Statistic], announced: UInt64, patience: Duration, now: Instant) {
    let translated = statistics.first { $0.name == Self.counter }?.value ?? 0
    let count = Count(translated: translated, announced: announced)
    defer { self.last = count }
    guard let last, translated >= last.translated else {
      isBlurred = true
      return begin(at: count)
    }
    // Somebody had the module announce what it did not translate.
    balance = min(balance, count.surplus)
    let settlesAt = settlesAt ?? now + patience
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
  package func isAuditDue(patience: Duration, now: Instant) -> Bool {
    guard let suspectsSince, now - suspectsSince >= patience else { return false }
    return restsUntil.map { $0 <= now } ?? true
  }

  /// The table is read from now on.
  package mutating func auditBegan() {
    guard let last else { return }
    isBlurred = isBlurred || last.surplus != balance
    begin(at: last)
  }

  private mutating func begin(at count: Count) {
    (covered, balance) = (count.translated, count.surplus)
    (settlesAt, suspectsSince) = (nil, nil)
  }

  /// The table was read.
  /// - Parameter found: how many of its sessions had not been announced in time; `nil` if it was not read for that.
  package mutating func auditEnded(found: UInt64?, after duration: Duration, now: Instant) {
    if let found { pause = found > 0 ? Self.shortestPause : min(pause * 2, Self.longestPause) }
    restsUntil = now + max(pause, duration * Self.pauseFactor)
  }
}
