import Testing

@testable import JoolSession

@Suite struct FlushTimerTests {
  @Test func isDueAfterTheDeadlineOfTheLastMessage() {
    var flushTimer = FlushTimer(deadline: .milliseconds(100))
    let start = Instant.now
    #expect(flushTimer.due == nil)
    flushTimer.noteMessage(start)
    flushTimer.noteMessage(start + .milliseconds(50))
    let due = [111, 161, 163].map { flushTimer.isDue(now: start + .milliseconds($0)) }
    #expect(due == [false, false, true])
    flushTimer.stop()
    #expect(!flushTimer.isDue(now: start + .milliseconds(400)))
  }
}
