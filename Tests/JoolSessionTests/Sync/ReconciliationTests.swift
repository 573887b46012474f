import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// What an audit has still to compare.
@Suite struct ReconciliationTests {
  private let start = Instant.now

  @Test func comparesEachRowOnce() {
    var audit = Reconciliation(since: start)
    audit.begin()
    #expect(audit.isUnderWay)
    let wereLeft = [audit.exclude(7), audit.exclude(7)]
    #expect(wereLeft == [true, false])
    let present = audit.end()
    #expect(present?.contains(7) == true && present?.contains(8) == false)
    #expect(!audit.isUnderWay)
  }

  @Test func excludesNothingWithoutAnAudit() {
    var audit = Reconciliation(since: start)
    let wereLeft = [audit.exclude(7), audit.exclude(7)]
    #expect(wereLeft == [true, true])
    #expect(audit.end() == nil)
    audit.begin()
    let isLeft = audit.exclude(7)
    #expect(isLeft, "the row was excluded before the audit")
  }

  @Test func forgetsEarlyAnnouncementsAtTheEnd() {
    var audit = Reconciliation(since: start)
    audit.announcedEarly(.sample(1), now: start)
    audit.begin()
    #expect(audit.wasAnnouncedEarly(.sample(1)) && !audit.wasAnnouncedEarly(.sample(2)))
    _ = audit.end()
    #expect(!audit.wasAnnouncedEarly(.sample(1)))
  }
}
