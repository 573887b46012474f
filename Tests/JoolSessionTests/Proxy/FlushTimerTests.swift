import Testing

@testable import JoolSession

@Suite struct FlushTimerTests {
  @Test func comesOnceAfterTheLastMessageAndItsDeadline() {
    var flushTimer = FlushTimer(deadline: .milliseconds(100))
    let start = Instant.now
    #expect(flushTimer.due == nil)
    flushTimer.noteMessage(start)
    flushTimer.noteMessage(start + .milliseconds(50))
    let taken = [111, 161, 163, 400].map { flushTimer.fire(now: start + .milliseconds($0)) }
    #expect(taken == [false, false, true, false])
  }
}
