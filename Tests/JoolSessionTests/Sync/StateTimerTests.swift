import Testing

@testable import JoolSession

/// When a node derives its state anew.
@Suite struct StateTimerTests {
  private let start = Instant.now

  @Test func isDueAtFirstAndWhenRequested() {
    var timer = StateTimer(now: start)
    #expect(timer.isRequested && timer.isDue(now: start))
    timer.updated(next: start + .seconds(5), now: start)
    #expect(!timer.isRequested)
    #expect(timer.deadline == start + .seconds(5))
    #expect(!timer.isDue(now: start + .milliseconds(4999)))
    timer.request()
    #expect(timer.isDue(now: start))
  }

  @Test func aLessUrgentRequestIsDueSoonButPostponesNothing() {
    var timer = StateTimer(now: start)
    timer.updated(next: start + .seconds(5), now: start)
    timer.requestSoon(now: start + .seconds(1))
    #expect(timer.deadline == start + .seconds(1) + StateTimer.pause)
    timer.requestSoon(now: start + .seconds(2))
    #expect(timer.deadline == start + .seconds(1) + StateTimer.pause)
    timer.request()
    timer.requestSoon(now: start + .seconds(2))
    #expect(timer.isDue(now: start), "the urgent request stays")
  }

  /// Otherwise the node would update its state again and again in the same turn.
  @Test func aDeadlineThatHasPassedIsPostponed() {
    var timer = StateTimer(now: start)
    let now = start + .seconds(9)
    timer.updated(next: now, now: now)
    #expect(timer.deadline == now + StateTimer.pause)
  }
}
