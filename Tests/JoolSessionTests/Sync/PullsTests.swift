import JoolCore
import Testing

@testable import JoolSession

/// The pull under way, and when the next one may begin.
@Suite struct PullsTests {
  private let start = Instant.now
  private let source = Incarnation(7)

  private func pull(_ purpose: TableReceiver.Purpose = .losses, isComparing: Bool = false) -> TableReceiver {
    TableReceiver(
      source: source, purpose: purpose, mark: VersionVector(), transfer: 1, isComparing: isComparing, now: start)
  }

  private func pulls(_ pull: TableReceiver, losses: [Incarnation] = [Incarnation(3)]) -> Pulls {
    var pulls = Pulls(now: start - .seconds(5))
    pulls.begin(pull, for: losses, now: start)
    _ = pulls.nextRequest(groups: { [] }, now: start)
    return pulls
  }

  @Test func aStartingNodeListensFirst() {
    let pulls = Pulls(now: start)
    #expect(!pulls.isPulling)
    #expect(pulls.start(for: []) == start + Pulls.listening)
    #expect(pulls.lastTried == nil)
  }

  @Test func looksForLossesAtTheEarliestTime() {
    var pulls = Pulls(now: start)
    pulls.retry(before: start + .seconds(2))
    pulls.retry(before: start + .seconds(1))
    pulls.retry(before: start + .seconds(3))
    #expect(pulls.retry == start + .seconds(1))
    let isTime = [0, 1, 1].map { pulls.takeRetry(now: start + .seconds($0)) }
    #expect(isTime == [false, true, false], "it is taken once")
  }

  @Test func aSourceThatIsGoneEndsThePull() {
    var pulls = pulls(pull())
    #expect(pulls.lastTried == source)
    let kept = pulls.silentSource(isSource: true, now: start)
    #expect(kept == nil && pulls.isPulling)
    let gone = pulls.silentSource(isSource: false, now: start)
    #expect(gone == nil && !pulls.isPulling)
    #expect(pulls.retry == start, "the losses are still there")
  }

  /// The next sources may be slow as well.
  @Test func aSilentSourceMayBeReplacedEachTimeLater() {
    var pulls = pulls(pull())
    let early = pulls.silentSource(isSource: true, now: start + .milliseconds(1999))
    let silent = pulls.silentSource(isSource: true, now: start + .seconds(2))
    #expect(early == nil && silent == source && pulls.isPulling)
    pulls.doubleSourceTimeout()
    let patient = pulls.silentSource(isSource: true, now: start + .milliseconds(3999))
    let again = pulls.silentSource(isSource: true, now: start + .seconds(4))
    #expect(patient == nil && again == source)
    for _ in 0..<9 { pulls.doubleSourceTimeout() }
    let last = pulls.silentSource(isSource: true, now: start + TableReceiver.longestSourceTimeout)
    #expect(last == source)
  }

  @Test func aPullWithoutALossEndsWithItsSilence() {
    var pulls = pulls(pull(.difference), losses: [])
    let silent = pulls.silentSource(isSource: true, now: start + .seconds(2))
    #expect(silent == nil && !pulls.isPulling)
    #expect(pulls.retry == nil)
  }

  @Test func aCompletePullDelaysTheNextOne() {
    var pulls = pulls(pull())
    let isNew = pulls.receive(.init(transfer: 1, frame: 0, frames: 1, records: []), from: source, now: start)
    #expect(isNew && pulls.receiver?.isFinished == true)
    pulls.doubleSourceTimeout()
    pulls.finish(coversMore: false, now: start + .milliseconds(10))
    #expect(!pulls.isPulling)
    #expect(pulls.start(for: []) == start + PullSchedule.spacing)
    #expect(pulls.start(for: [Incarnation(3)]) == start + .milliseconds(10) + PullSchedule.shortestPause, "in vain")
    pulls.begin(pull(), for: [], now: start)
    let silent = pulls.silentSource(isSource: true, now: start + .seconds(2))
    #expect(silent == source, "the source timeout is the first one again")
  }
}
