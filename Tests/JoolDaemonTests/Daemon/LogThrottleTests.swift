import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct LogThrottleTests {
  @Test func admitsOneMessagePerInterval() {
    var throttle = LogThrottle()
    let interval = LogThrottle.interval
    let admitted = [.zero, .zero, .seconds(9), interval, interval * 2].map { throttle.admit(now: Instant.now + $0) }
    #expect(admitted == ["", nil, nil, " (and 2 more like this)", ""])
  }
}
