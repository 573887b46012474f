import Testing

@testable import JoolSession

@Suite struct VersionVectorTests {
  private let a = Incarnation(1)
  private let b = Incarnation(2)

  @Test func treatsAnAbsentEntryAsNoProgress() {
    var vector = VersionVector()
    #expect(vector[a] == Progress(next: 0))
    vector[b] = Progress(next: 1)
    #expect(vector.covers(VersionVector()))
    #expect(!VersionVector().covers(vector), "a base counts as progress")
  }

  @Test func updatesBeyondAGapCount() {
    #expect(!Progress(next: 5).covers(Progress(next: 3, beyond: 4)))
    #expect(Progress(next: 5, beyond: 2).covers(Progress(next: 3, beyond: 4)))
    var both = Progress(next: 5)
    both.raise(to: Progress(next: 3, beyond: 4))
    #expect(both == Progress(next: 5, beyond: 2))
  }

  @Test func aMarkIsMetByTheUpdatesOfItsMoment() {
    var known = VersionVector()
    known[a] = Progress(next: 9)
    let mark = Mark(vector: known, takenAt: .now)
    var own = VersionVector()
    own[a] = Progress(next: 8)
    #expect(!mark.isMet(by: own, known: known))
    own[a] = Progress(next: 9)
    var later = known
    later[a] = Progress(next: 20)
    #expect(mark.isMet(by: own, known: later), "later updates do not matter")
    own[a] = Progress(next: 8)
    #expect(mark.isMet(by: own, known: VersionVector()), "updates that only failed nodes had do not count")
  }
}
