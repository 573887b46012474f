import Testing

@testable import JoolSession

/// The start times of pulls.
@Suite struct PullScheduleTests {
  private let start = Instant.now
  private let losses = [Incarnation(50)]

  private func seconds(_ instant: Instant) -> Double { (instant - start) / .seconds(1) }

  @Test func waitsForTheDurationOfTheLastPull() {
    var schedule = PullSchedule(from: start + .milliseconds(300))
    #expect(seconds(schedule.start(for: losses)) == 0.3)
    func ended(began: Double, after took: Double, isInVain: Bool = false, frames: Int = 1000) -> Double {
      let began = start + .seconds(began)
      schedule.began(with: Incarnation(1), for: losses, now: began)
      schedule.ended(
        isInVain ? .nothing : .sessions, isForLosses: true, frames: frames, began: began,
        now: began + .seconds(took))
      return seconds(schedule.start(for: [Incarnation(51)]))
    }
    #expect(ended(began: 0, after: 0.25) == 1, "a second between two starts")
    #expect(ended(began: 10, after: 4) == 18)
    #expect(ended(began: 20, after: 4, isInVain: true) == 24, "another loss does not wait longer")
    #expect(ended(began: 30, after: 15, frames: 2) == 45.01, "the small pull mostly waited for the network")
  }

  @Test func backsOffAfterPullsThatBringNothing() {
    var schedule = PullSchedule(from: start)
    var pauses: [Double] = []
    var now = start
    for _ in 0..<8 {
      schedule.began(with: Incarnation(1), for: losses, now: now)
      schedule.ended(.nothing, isForLosses: true, frames: 0, began: now, now: now)
      let next = schedule.start(for: losses)
      pauses.append((next - now) / .seconds(1))
      now = next
    }
    #expect(pauses == [2, 4, 8, 16, 32, 64, 64, 64])
    #expect((schedule.start(for: losses + [Incarnation(51)]) - now) / .seconds(1) < 0, "another loss")
    schedule.began(with: Incarnation(1), for: losses, now: now)
    schedule.ended(.sessions, isForLosses: true, frames: 0, began: now, now: now)
    #expect(schedule.start(for: losses) == now + .seconds(1))
    schedule.ended(.nothing, isForLosses: true, frames: 0, began: now, now: now)
    #expect(schedule.start(for: losses) == now + .seconds(2))
  }

  /// Other nodes mention further updates of an unreachable node every second.
  @Test func backsOffAfterPullsThatBringNoSession() {
    var schedule = PullSchedule(from: start)
    var now = start
    func pause(after yield: PullSchedule.Yield) -> Double {
      schedule.began(with: Incarnation(1), for: losses, now: now)
      schedule.ended(yield, isForLosses: true, frames: 0, began: now, now: now)
      let next = schedule.start(for: losses)
      defer { now = next }
      return (next - now) / .seconds(1)
    }
    let covering = [PullSchedule.Yield.cover, .cover, .cover, .cover].map(pause)
    #expect(covering == [1, 2, 4, 4])
    let afterSessions = [PullSchedule.Yield.sessions, .cover, .cover].map(pause)
    #expect(afterSessions == [1, 1, 2])
    let inVain = [PullSchedule.Yield.nothing, .nothing, .cover].map(pause)
    #expect(inVain == [2, 4, 4], "the third such pull in a row")
  }

  @Test func aPullForAFalseDifferenceDelaysNoLoss() {
    var schedule = PullSchedule(from: start)
    for _ in 0..<5 {
      schedule.began(with: Incarnation(1), for: [], now: start)
      schedule.ended(.nothing, isForLosses: false, frames: 0, began: start, now: start)
    }
    #expect(schedule.start(for: losses) == start + .seconds(1))
  }
}
