import Testing

@testable import JoolSession

@Suite struct ReadinessTests {
  private static let peer = Incarnation(7)

  /// A node with one peer.
  private struct Run {
    var readiness = Readiness(now: .now)
    var now = Instant.now
    var own: UInt64 = 1
    var known: UInt64 = 1
    var hasLosses = false
    var module = Readiness.ModuleProgress.met

    @discardableResult
    mutating func update(after duration: TimeAmount = .zero) -> NodeState {
      now += duration
      readiness.update(
        own: Self.vector(own), known: Self.vector(known), hasLosses: hasLosses, module: module, now: now)
      return readiness.state
    }

    var deadline: Instant? {
      readiness.deadline(own: Self.vector(own), known: Self.vector(known))
    }

    private static func vector(_ next: UInt64) -> VersionVector {
      var vector = VersionVector()
      vector[ReadinessTests.peer] = Progress(next: next)
      return vector
    }
  }

  private func ready() -> Run {
    var run = Run()
    run.readiness.fetched()
    run.update()
    return run
  }

  @Test func isReadyWithACompleteTable() {
    var run = Run()
    let before = run.update(after: .seconds(60))
    #expect(before == .starting, "the table has not been fetched")
    run.readiness.fetched()
    #expect(run.readiness.state == .mending)
    let after = run.update()
    #expect(after == .ready)
    #expect(run.readiness.reason == nil)
  }

  @Test func theFirstNodeIsReadyAtOnce() {
    var run = Run()
    run.readiness.beFirst()
    let state = run.update()
    #expect(state == .ready)
  }

  @Test func aLossEndsReadinessAtOnce() {
    var run = ready()
    run.hasLosses = true
    run.known = 9
    let state = run.update()
    #expect(state == .mending)
    #expect(run.readiness.reason == .loss)
    run.hasLosses = false
    run.own = 9
    let mended = run.update()
    #expect(mended == .ready)
  }

  /// The suspected fault "missing and still ready for 4.4 s".
  @Test func missingUpdatesEndReadinessAfterASecond() {
    var run = ready()
    run.known = 2
    let before = run.update(after: .seconds(5))
    #expect(before == .ready)
    #expect(run.deadline == run.now + Readiness.markTimeout)
    let later = run.update(after: .milliseconds(990))
    #expect(later == .ready)
    let after = run.update(after: .milliseconds(10))
    #expect(after == .mending)
    #expect(run.readiness.reason == .behind)
    run.own = 2
    let mended = run.update(after: .milliseconds(100))
    #expect(mended == .ready)
  }

  @Test func staysReadyWhileASteadyStreamIsInFlight() {
    var run = ready()
    for step in 1...300 {
      run.known = UInt64(step) * 10
      run.own = run.known - 5
      let state = run.update(after: .milliseconds(100))
      #expect(state == .ready)
    }
  }

  @Test func fallingFurtherBehindEndsReadiness() {
    var run = ready()
    for step in 1...40 {
      run.known = UInt64(step) * 100
      run.own = 1
      run.update(after: .milliseconds(100))
    }
    #expect(run.readiness.state == .mending)
  }

  @Test func requiresARecentMarkAfterALongMending() {
    var run = ready()
    (run.known, run.hasLosses) = (3, true)
    run.update()
    run.update()
    run.known = 36
    run.update(after: .seconds(3))
    (run.own, run.hasLosses) = (3, false)
    let early = run.update()
    #expect(early == .mending, "33 updates that the peer sent during those 3 s are missing")
    run.own = 36
    let mended = run.update(after: .milliseconds(100))
    #expect(mended == .ready)
  }

  @Test func dependsOnTheModule() {
    var run = Run()
    run.readiness.fetched()
    run.module = .unmet
    let before = run.update()
    #expect(before == .mending)
    #expect(run.readiness.reason == .module)
    run.module = .met
    let met = run.update()
    #expect(met == .ready)
    run.module = .unmet
    let unmet = run.update(after: .seconds(2))
    #expect(unmet == .ready, "the module is not late yet")
    run.module = .late
    let late = run.update()
    #expect(late == .mending)
    run.module = .met
    run.update()
    run.module = .away
    let away = run.update()
    #expect(away == .mending)
    #expect(run.readiness.reason == .moduleAway)
  }

  @Test func waitsForHellosAfterASleep() {
    var run = ready()
    run.readiness.slept(now: run.now)
    #expect(run.readiness.state == .mending)
    #expect(run.deadline == run.now + Readiness.awakening)
    let early = run.update(after: .milliseconds(1400))
    #expect(early == .mending)
    let late = run.update(after: .milliseconds(100))
    #expect(late == .ready)
  }

  @Test func staysStartingAfterASleepOrFallBack() {
    var readiness = Readiness(now: .now)
    readiness.fallBack(because: .module)
    readiness.slept(now: .now)
    #expect(readiness.state == .starting)
  }
}
