import JoolSession
import Testing

@Suite struct InstantTests {
  @Test(arguments: [0, 1, -1, 86_400_000_000_000, -86_400_000_000_000]) func differsByTheAddedTime(nanoseconds: Int) {
    let now = Instant.now
    #expect(now.duration(to: now + .nanoseconds(nanoseconds)) == .nanoseconds(nanoseconds))
    #expect((now + .nanoseconds(nanoseconds)) - now == .nanoseconds(nanoseconds))
    #expect(now - .nanoseconds(nanoseconds) + .nanoseconds(nanoseconds) == now)
    #expect((now < now + .nanoseconds(nanoseconds)) == (nanoseconds > 0))
  }

  @Test func clampsInsteadOfOverflowing() {
    let millennium = TimeAmount.seconds(1000 * 365 * 86_400)
    let (past, future) = (Instant.now - millennium - millennium, Instant.now + millennium)
    #expect(past < .now && .now < future)
    #expect(future + millennium == future && past - millennium == past)
    #expect(future - past == millennium && past - future < .seconds(-292 * 365 * 86_400))
  }

  @Test func runsLikeTheContinuousClock() {
    let clock = ContinuousClock()
    let (outerStart, start, innerStart) = (clock.now, Instant.now, clock.now)
    while clock.now < innerStart + .milliseconds(1) {}
    let (innerEnd, end, outerEnd) = (clock.now, Instant.now, clock.now)
    #expect(end - start >= TimeAmount(innerEnd - innerStart) && end - start <= TimeAmount(outerEnd - outerStart))
  }
}
