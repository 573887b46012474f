/// Whether the module has what the table has: measured against what had entered the feed at a moment, never against
/// "nothing is waiting", since under a steady stream something always is.
struct ModuleMark: Sendable {
  /// A new mark is taken when the last one was met, this long after it.
  static let interval = Duration.seconds(1)
  /// What gathers is given at once for a mark that is not met after this long.
  static let haste = Duration.milliseconds(500)
  /// A mark that is not met after this long shows that the module is behind.
  static let patience = Duration.seconds(4)

  private var mark: FeedPosition?
  private var takenAt: Instant?
  /// Whether the last mark was met, and the present one is not late.
  private(set) var isMet = false

  /// The module may lack something: not before the next audit, and what it brings, can the mark be met.
  mutating func reset() { self = ModuleMark() }

  /// - Parameters:
  ///   - isAuditing: whether the module's table is to be read, is being read or is being compared.
  ///   - isUsable: whether the module is there and takes sessions.
  /// - Returns: whether what gathers should be given at once.
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
    if now - takenAt >= Self.patience { isMet = false }
    return now - takenAt >= Self.haste
  }

  /// Whether the module is behind.
  func isLate(now: Instant) -> Bool { takenAt.map { !isMet && now - $0 >= Self.patience } ?? false }
}
