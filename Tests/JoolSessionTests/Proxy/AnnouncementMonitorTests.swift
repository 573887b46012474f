import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// A module whose counters are read every two seconds, as in the event loop.
@Suite struct AnnouncementMonitorTests {
  private struct Lab {
    var watch = AnnouncementMonitor()
    var translated: UInt64 = 0
    var announced: UInt64 = 0
    let start = Instant.now
    var second = 0
    /// The seconds in which an audit read the table.
    var audits: [Int] = []
    /// The number of unannounced sessions that the next audits find.
    var found: UInt64 = 0
    static let maxDelay = TimeAmount.seconds(3)

    /// Advances the time.
    ///
    /// `traffic` is called for each second and changes the counters.
    mutating func pass(_ seconds: Int, _ traffic: (inout Lab, Int) -> Void = { _, _ in }) {
      for _ in 0..<seconds {
        second += 1
        traffic(&self, second)
        guard second % 2 == 0 else { continue }
        let now = start + .seconds(second)
        let statistics = [Statistic(id: 1, value: translated, names: [AnnouncementMonitor.counter])]
        watch.look(statistics, announced: announced, maxDelay: Self.maxDelay, now: now)
        guard watch.isAuditDue(maxDelay: Self.maxDelay, now: now) else { continue }
        audits.append(second)
        watch.auditBegan()
        watch.auditEnded(found: found, after: .milliseconds(100), now: now)
      }
    }
  }

  private func settled() -> Lab {
    var lab = Lab()
    lab.translated = 5000
    lab.pass(20)
    return lab
  }

  @Test func startsNoAuditIfEverySessionIsAnnounced() {
    var lab = settled()
    // Sessions are announced two seconds after their translation.
    var waiting: [UInt64] = [0, 0]
    lab.pass(600) { lab, second in
      let news = second % 10 < 3 ? UInt64(50 + second % 7) : 0
      lab.translated += news
      waiting.append(news)
      lab.announced += waiting.removeFirst()
    }
    #expect(lab.audits.isEmpty, "\(lab.audits)")
  }

  @Test func startsAnAuditAfterAPartlyAnnouncedBurst() {
    var lab = settled()
    lab.found = 9
    lab.translated += 40
    lab.announced += 31
    lab.pass(8)
    #expect(lab.audits.count == 1)
    lab.pass(100)
    #expect(lab.audits.count == 1, "no second audit")
    lab.translated += 1
    lab.pass(12)
    #expect(lab.audits.count == 2, "a single unannounced packet is enough")
  }

  /// The number of sessions cannot replace the counters, because it falls at the same time.
  @Test func startsAnAuditAfterABurstDuringACounterReset() {
    var lab = settled()
    lab.translated = 0
    lab.pass(2)
    // The event loop starts an audit because the instance is new.
    lab.watch.auditBegan()
    lab.watch.auditEnded(found: nil, after: .milliseconds(1), now: lab.start + .seconds(lab.second))
    lab.translated = 40
    lab.announced += 31
    lab.pass(20)
    #expect(lab.audits.count == 1)
  }

  /// Announcements that were in flight when an audit began must not compensate for announcements that are dropped
  /// later.
  @Test func ignoresLateAnnouncementsOfSessionsBeforeAnAudit() {
    var lab = settled()
    lab.found = 1
    lab.translated += 20
    lab.pass(2)
    lab.watch.auditBegan()
    lab.watch.auditEnded(found: 1, after: .milliseconds(1), now: lab.start + .seconds(lab.second))
    // The announcements of twenty earlier packets arrive; those of twenty new packets do not.
    lab.pass(1) { lab, _ in
      lab.announced += 20
      lab.translated += 20
    }
    lab.pass(20)
    #expect(lab.audits.count == 1)
  }

  @Test func backsOffWhileAuditsFindNothing() {
    var lab = settled()
    // ICMP errors are translated, but never announced.
    lab.pass(600) { lab, _ in lab.translated += 100 }
    let pauses = zip(lab.audits.dropFirst(), lab.audits).map { $0 - $1 }
    #expect(pauses.first.map { $0 >= 8 } == true, "\(pauses)")
    #expect(pauses.last.map { (64...70).contains($0) } == true, "\(pauses)")
  }

  @Test func limitsTheAuditRateWhileAnnouncementsAreDropped() {
    var lab = settled()
    lab.found = 3
    lab.pass(600) { lab, _ in
      lab.translated += 100
      lab.announced += 50
    }
    let pauses = zip(lab.audits.dropFirst(), lab.audits).map { $0 - $1 }
    #expect(pauses.allSatisfy { (8...14).contains($0) }, "\(pauses)")
  }

  @Test func pausesForTenTimesTheDurationOfAnAudit() {
    var lab = settled()
    lab.translated += 5
    lab.watch.auditEnded(found: 5, after: .seconds(9), now: lab.start + .seconds(lab.second))
    lab.pass(88)
    #expect(lab.audits.isEmpty)
    lab.pass(4)
    #expect(lab.audits.count == 1)
  }

  /// Another program's `session advertise` makes the module announce sessions for which it translated no packet.
  @Test func givesNoCreditForAnnouncementsWithoutPackets() {
    var lab = settled()
    lab.announced += 5000
    lab.pass(10)
    lab.translated += 40
    lab.announced += 31
    lab.pass(10)
    #expect(lab.audits.count == 1)
  }
}
