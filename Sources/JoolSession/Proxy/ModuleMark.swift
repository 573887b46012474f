/// Decides whether the module has the table's sessions.
///
/// The measure is a mark: the position that the feed had at one moment, and that the module must reach. An empty feed
/// is no measure, because under a steady stream something is always waiting.
struct ModuleMark: Sendable {
  /// The minimum age of a mark that was met before the next one is taken.
  static let interval = TimeAmount.seconds(1)
  /// The time after which an unmet mark makes the feed give its present batch at once.
  static let haste = TimeAmount.milliseconds(500)
  /// The time after which an unmet mark shows that the module is behind.
  static let timeout = TimeAmount.seconds(4)

  private var mark: FeedPosition?
  private var takenAt: Instant?
  /// Whether the last mark was met, and the present one is not late.
  private(set) var isMet = false

  /// Drops the mark, because the module may lack something.
  ///
  /// It cannot be met before the next audit, and the refill that follows, are done.
  mutating func reset() { self = ModuleMark() }

  /// Compares the feed's progress with the mark, and takes a new mark if one is due.
  ///
  /// Returns whether the feed should give its present batch at once.
  /// - `isAuditing`: whether an audit is requested, or the module's table is being read or compared.
  /// - `isUsable`: whether the module is there and takes sessions.
  mutating func update(_ progress: FeedProgress, isAuditing: Bool, isUsable: Bool, now: Instant) -> Bool {
    guard isUsable, !isAuditing, !progress.needsRefill else {
      (mark, takenAt) = (nil, nil)
      return false
    }
    if mark == nil { (mark, takenAt) = (progress.fed, now) }
    guard let mark, let takenAt else { return false }
    if progress.confirmed.reaches(mark), !progress.hasRefusals {
      isMet = true
      if now - takenAt >= Self.interval { (self.mark, self.takenAt) = (progress.fed, now) }
      return false
    }
    if now - takenAt >= Self.timeout { isMet = false }
    return now - takenAt >= Self.haste
  }

  /// Whether the module is behind.
  func isLate(now: Instant) -> Bool { takenAt.map { !isMet && now - $0 >= Self.timeout } ?? false }
}
