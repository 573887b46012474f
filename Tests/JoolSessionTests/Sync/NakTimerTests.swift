import Testing

@testable import JoolSession

@Suite struct NakTimerTests {
  private let start = Instant.now

  @Test func doublesThePauseTwice() {
    var timer = NakTimer()
    #expect(!timer.isRunning)
    timer.start(now: start, jitter: .milliseconds(15))
    #expect(timer.deadline == start + .milliseconds(20))
    var pauses: [TimeAmount] = []
    for _ in 1...4 {
      timer.sent(before: 9, now: start)
      pauses.append(timer.deadline.map { $0 - start } ?? .zero)
    }
    #expect(pauses == [.milliseconds(40), .milliseconds(80), .milliseconds(160), .milliseconds(160)])
    #expect(timer.isExhausted)
  }

  @Test func countsAnewWhenARequestedUpdateArrives() {
    var timer = NakTimer()
    timer.start(now: start, jitter: .zero)
    timer.sent(before: 9, now: start)
    timer.received(9)
    #expect(timer.hasAsked, "update 9 was not requested")
    timer.received(8)
    #expect(!timer.hasAsked)
  }

  @Test func isOverdueWhenTheSameUpdateStaysTheFirst() {
    var timer = NakTimer()
    let first = timer.isOverdue(first: 3, now: start)
    #expect(!first)
    let other = timer.isOverdue(first: 4, now: start + .seconds(1))
    #expect(!other)
    let early = timer.isOverdue(first: 4, now: start + .milliseconds(2999))
    #expect(!early)
    let late = timer.isOverdue(first: 4, now: start + .seconds(3))
    #expect(late)
  }
}
