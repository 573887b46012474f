import Testing

@testable import JoolSession

@Suite struct SelfCheckTests {
  private let start = Instant.now

  @Test func doesNotTakeReturnedOwnFramesForACopy() {
    var check = SelfCheck()
    for sequence: UInt64 in [0, 5, 10] { check.hears(ownSequence: sequence, last: 10, now: start) }
    #expect(!check.isCopied)
    check.hears(ownSequence: 11, last: 10, now: start)
    #expect(check.evidence == .ownFrame)
    check.startedAnew()
    #expect(!check.isCopied)
  }

  @Test func detectsACopyByAPeersProgressBeyondItsOwn() {
    for (next, beyond, isCopy): (UInt64, UInt64, Bool) in [
      (0, 0, false), (11, 0, false), (9, 2, false), (12, 0, true), (9, 3, true), (.max, 1, true), (1, .max, true),
    ] {
      var check = SelfCheck(isSealed: true)
      check.hears(ownEntry: next, beyond: beyond, last: 10, now: start)
      #expect(check.isCopied == isCopy, "\(next) and \(beyond)")
    }
  }

  /// Anyone can forge a frame without a seal; only a copy can send a sealed one.
  @Test func forgedFramesCauseOneNewIdentityPerMinute() {
    for isSealed in [false, true] {
      var check = SelfCheck(isSealed: isSealed)
      let starts = (0..<180).count { second in
        let now = start + .seconds(second)
        check.hears(ownSequence: 1 << 60, last: 10, now: now)
        check.hears(ownEntry: 1 << 60, beyond: 0, last: 10, now: now)
        defer { check.startedAnew() }
        return check.isCopied
      }
      #expect(starts == (isSealed ? 180 : 3))
    }
  }

  @Test func detectsSleepByAPauseBetweenTurns() {
    var check = SelfCheck()
    var now = start
    for (pause, slept): (TimeAmount, Bool) in [
      (.seconds(3600), false), (.seconds(2), false), (.seconds(5), false), (.milliseconds(5001), true), (.zero, false),
      (.seconds(7200), true),
    ] {
      now += pause
      let outcome = check.turn(now: now)
      #expect(outcome == (slept ? SelfCheck.Slept(duration: pause) : nil), "\(pause)")
    }
  }

  @Test func noticesALateTurn() {
    var check = SelfCheck()
    var now = start
    for (pause, isLate): (TimeAmount, Bool) in [
      (.seconds(3600), false), (.milliseconds(1200), false), (.milliseconds(1201), true), (.milliseconds(10), false),
      (.seconds(5), true), (.seconds(6), false),
    ] {
      let last = now
      now += pause
      _ = check.turn(now: now)
      #expect(check.pausedSince == (isLate ? last : nil), "\(pause)")
    }
    _ = check.turn(now: now + .seconds(2))
    check.endPause()
    #expect(check.pausedSince == nil)
  }

  /// A peer that never receives this node may be behind a link that works in one direction only.
  ///
  /// Each new start of the seal costs that peer memory.
  @Test func renewsTheSealAtGrowingIntervals() {
    var check = SelfCheck()
    var renewals: [Int] = []
    for second in 0..<100_000 {
      if check.mustRenewSeal(now: start + .seconds(second), isUnheard: { true }) { renewals.append(second) }
    }
    #expect(renewals.prefix(4) == [10, 30, 70, 150])
    #expect(renewals.count < 40)
    let isNoMore = check.mustRenewSeal(now: start + .seconds(100_000)) { false }
    #expect(!isNoMore)
    let renewedAgain = (0...10).map { second in
      check.mustRenewSeal(now: start + .seconds(100_001 + second)) { true }
    }
    #expect(renewedAgain.last == true && !renewedAgain.dropLast().contains(true))
  }
}
