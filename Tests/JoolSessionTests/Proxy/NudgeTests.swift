import Testing

@testable import JoolSession

@Suite struct NudgeTests {
  @Test func firesOnceAfterTheDeadlineOfTheLastMessage() {
    var nudge = Nudge(deadline: .milliseconds(100))
    let start = Instant.now
    #expect(nudge.due == nil)
    nudge.messageCame(start)
    nudge.messageCame(start + .milliseconds(50))
    let taken = [111, 161, 163, 400].map { nudge.take(now: start + .milliseconds($0)) }
    #expect(taken == [false, false, true, false])
  }
}
