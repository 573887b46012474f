import Testing

@testable import JoolSession

@Suite struct HelloScheduleTests {
  private let start = Instant.now

  @Test func sendsOneHelloPerInterval() {
    var schedule = HelloSchedule(now: start)
    let first = schedule.isDue(now: start)
    #expect(first)
    schedule.sent(now: start, jitter: .milliseconds(30))
    #expect(schedule.next == start + .milliseconds(1030))
    let early = schedule.isDue(now: start + .milliseconds(1029))
    #expect(!early)
    #expect(schedule.number == 1)
  }

  @Test func advertisesAChangeAfterThePause() {
    var schedule = HelloSchedule(now: start)
    schedule.sent(now: start, jitter: .zero)
    schedule.request()
    let early = schedule.isDue(now: start + .milliseconds(10))
    #expect(!early)
    #expect(schedule.next == start + HelloSchedule.pause)
    let due = schedule.isDue(now: start + HelloSchedule.pause)
    #expect(due)
  }

  @Test func advertisesAChangeAtOnceIfTheLastHelloWasLongAgo() {
    var schedule = HelloSchedule(now: start)
    schedule.sent(now: start, jitter: .zero)
    schedule.scheduleSoon(now: start + .milliseconds(400))
    #expect(schedule.next == start + .milliseconds(400))
  }

  @Test func neverPostponesAHello() {
    var schedule = HelloSchedule(now: start)
    schedule.sent(now: start, jitter: .zero)
    schedule.schedule(before: start + .seconds(9))
    #expect(schedule.next == start + .seconds(1))
  }
}
