internal import JoolCore

/// The module as its node knows it: how much of the table it has, whether it translates, and the audit of its table.
struct ModuleState: Sendable {
  /// How long after its last announcement a module counts as translating.
  static let translationMemory = TimeAmount.seconds(30)

  /// How much of the table the module has, as its mark shows it (`ModuleMark`).
  private(set) var progress = Readiness.ModuleProgress.met
  /// The position of the feed when the last pull ended; `nil` once the module has taken everything up to it.
  private var pulled: FeedPosition?
  /// When the module last announced a session.
  private var lastAnnouncement: Instant?
  /// Whether the module has announced a session within `translationMemory`.
  private(set) var isTranslating = false
  var audit: Reconciliation

  init(now: Instant) { audit = Reconciliation(since: now) }

  // MARK: Progress

  /// Stores how much of the table the module has.
  /// - Returns: whether that has changed.
  mutating func note(_ progress: Readiness.ModuleProgress) -> Bool {
    guard progress != self.progress else { return false }
    self.progress = progress
    return true
  }

  /// Notes that a pull has ended.
  /// - `position`: that of everything that the pull has put into the feed; `nil` if nothing enters it.
  mutating func pullEnded(at position: FeedPosition?) { pulled = position }

  /// Whether the module may lack sessions that the last pull brought.
  var mayLackPulled: Bool { pulled != nil }

  /// How much of the table the module has, with what the last pull brought.
  ///
  /// `progress` may be older than the end of the last pull.
  mutating func progress(of feed: FeedProgress) -> Readiness.ModuleProgress {
    guard let pulled, progress == .met else { return progress }
    // A feed that was closed meanwhile counts from 0 again. In that case an audit finds what the module lacks.
    guard feed.fed.reaches(pulled), !feed.confirmed.reaches(pulled) else {
      self.pulled = nil
      return progress
    }
    return .unmet
  }

  // MARK: Translation

  /// Notes that the module has announced a session.
  mutating func announced(now: Instant) { lastAnnouncement = now }

  /// Updates whether the module is translating.
  mutating func updateTranslation(now: Instant) {
    isTranslating = lastAnnouncement.map { now - $0 < Self.translationMemory } ?? false
  }
}
