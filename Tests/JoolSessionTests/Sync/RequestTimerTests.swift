import Testing

@testable import JoolSession

/// The repetition of a pull's requests.
@Suite struct RequestTimerTests {
  private let start = Instant.now

  @Test func pausesDoubleUpToTheLongest() {
    var timer = RequestTimer(now: start)
    var (now, pauses) = (start, [TimeAmount]())
    for _ in 0..<8 {
      #expect(timer.isDue(now: now))
      timer.sent(now: now)
      pauses.append(timer.deadline - now)
      now = timer.deadline
    }
    #expect(pauses == [100, 200, 400, 800, 1600, 3200, 3200, 3200].map { .milliseconds($0) })
    #expect(timer.isExhausted(now: now))
    #expect(!timer.isExhausted(now: now - .milliseconds(1)), "the last pause is not over")
  }

  /// A credit follows a frame, so it does not show that frames are lost.
  @Test func aRequestBeforeItsTimeDoesNotMakeThePauseLonger() {
    var timer = RequestTimer(now: start)
    timer.received(now: start)
    for step in 1...5 {
      let now = start + .milliseconds(step)
      timer.sent(now: now)
      #expect(timer.deadline == now + RequestTimer.firstPause)
    }
  }

  @Test func aFrameMakesThePauseShortAgain() {
    var timer = RequestTimer(now: start)
    for second in 0..<5 { timer.sent(now: start + .seconds(second)) }
    let now = start + .seconds(5)
    timer.received(now: now)
    #expect(timer.deadline == now + RequestTimer.firstPause)
    #expect(!timer.isSilent(for: .seconds(2), now: now + .milliseconds(1999)))
    #expect(timer.isSilent(for: .seconds(2), now: now + .seconds(2)))
  }

  @Test func aRequestCanBeDueAtOnce() {
    var timer = RequestTimer(now: start)
    timer.received(now: start)
    #expect(!timer.isDue(now: start))
    timer.expire(now: start)
    #expect(timer.isDue(now: start))
  }
}
