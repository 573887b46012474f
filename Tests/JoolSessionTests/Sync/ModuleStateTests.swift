import Testing

@testable import JoolSession

/// What a node knows of its module.
@Suite struct ModuleStateTests {
  private let start = Instant.now

  private func feed(fed: UInt64, confirmed: UInt64) -> FeedProgress {
    var progress = FeedProgress()
    (progress.fed.additions, progress.confirmed.additions) = (fed, confirmed)
    return progress
  }

  @Test func reportsChangesOnly() {
    var module = ModuleState(now: start)
    #expect(module.progress == .met)
    let changes = [Readiness.ModuleProgress.met, .late, .late, .met].map { module.note($0) }
    #expect(changes == [false, true, false, true])
    #expect(module.progress == .met)
  }

  /// The mark may be older than the end of the pull.
  @Test func lacksWhatAPullBroughtUntilItHasTakenIt() {
    var module = ModuleState(now: start)
    module.pullEnded(at: FeedPosition(additions: 10))
    #expect(module.mayLackPulled)
    #expect(module.progress(of: feed(fed: 12, confirmed: 9)) == .unmet)
    #expect(module.mayLackPulled)
    #expect(module.progress(of: feed(fed: 12, confirmed: 10)) == .met)
    #expect(!module.mayLackPulled)
    #expect(module.progress(of: feed(fed: 12, confirmed: 9)) == .met, "only the last pull counts")
  }

  @Test func aClosedFeedEndsTheWait() {
    var module = ModuleState(now: start)
    module.pullEnded(at: FeedPosition(additions: 10))
    #expect(module.progress(of: feed(fed: 0, confirmed: 0)) == .met)
    #expect(!module.mayLackPulled)
    module.pullEnded(at: nil)
    #expect(!module.mayLackPulled)
  }

  @Test func theModulesOwnMarkCountsFirst() {
    var module = ModuleState(now: start)
    module.pullEnded(at: FeedPosition(additions: 10))
    _ = module.note(.away)
    #expect(module.progress(of: feed(fed: 12, confirmed: 12)) == .away)
    #expect(module.mayLackPulled)
  }

  @Test func translatesForAWhileAfterItsLastAnnouncement() {
    var module = ModuleState(now: start)
    module.updateTranslation(now: start)
    #expect(!module.isTranslating)
    module.announced(now: start)
    module.updateTranslation(now: start + ModuleState.translationMemory - .milliseconds(1))
    #expect(module.isTranslating)
    module.updateTranslation(now: start + ModuleState.translationMemory)
    #expect(!module.isTranslating)
  }
}
