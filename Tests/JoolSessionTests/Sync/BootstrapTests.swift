import Testing

@testable import JoolSession

/// The conditions under which a starting node becomes the group's first, without a network.
@Suite struct BootstrapTests {
  private let start = Instant.now

  /// Checks each 0.2 s until the node is the first.
  /// - Returns: the time that this took in milliseconds; `nil` if it took more than ten seconds.
  private func run(
    _ bootstrap: inout Bootstrap, company: Bootstrap.Company = .unknown, hasSignOfTable: (Int) -> Bool = { _ in false },
    isPulling: (Int) -> Bool = { _ in false }
  ) -> Int? {
    for milliseconds in stride(from: 0, through: 10_000, by: 200) {
      bootstrap.update(
        isPulling: isPulling(milliseconds), hasSignOfTable: hasSignOfTable(milliseconds), company: company,
        isAuditing: false, now: start + .milliseconds(milliseconds))
      if bootstrap.isFirst { return milliseconds }
    }
    return nil
  }

  @Test func aloneForLongEnough() {
    var bootstrap = Bootstrap(now: start)
    #expect(run(&bootstrap) == 1200)
  }

  @Test func longerBesideALowerStartingNode() {
    var bootstrap = Bootstrap(now: start)
    #expect(run(&bootstrap, company: .lowerStart) == 5000)
  }

  @Test func longerWhileNothingCameFromStatedPeers() {
    var bootstrap = Bootstrap(now: start)
    #expect(run(&bootstrap, company: .silentPeers) == 3000)
  }

  @Test func signsOfATableStartTheTimeAgain() {
    var bootstrap = Bootstrap(now: start)
    #expect(run(&bootstrap, hasSignOfTable: { $0 <= 3000 }) == 4200)
    var pulling = Bootstrap(now: start)
    #expect(run(&pulling, isPulling: { $0 <= 2000 }) == 3200)
    var updates = Bootstrap(now: start)
    updates.noteSign(now: start + .milliseconds(600))
    #expect(run(&updates) == 1800)
  }

  @Test func aSignOfATableEndsItUnlessAnAuditIsUnderWay() {
    var bootstrap = Bootstrap(now: start)
    _ = run(&bootstrap)
    let now = start + .seconds(20)
    bootstrap.update(isPulling: true, hasSignOfTable: true, company: .unknown, isAuditing: false, now: now)
    #expect(bootstrap.isFirst, "a pull alone does not end it")
    bootstrap.update(isPulling: false, hasSignOfTable: true, company: .unknown, isAuditing: true, now: now)
    #expect(bootstrap.isFirst, "the audit would be left half done")
    bootstrap.update(isPulling: false, hasSignOfTable: true, company: .unknown, isAuditing: false, now: now)
    #expect(!bootstrap.isFirst)
  }

  @Test func notesOnceThatNoNodeWithATableIsLeft() {
    var bootstrap = Bootstrap(now: start)
    let found = [false, true, true, false, false].enumerated().map { number, hasSign in
      // A pull whose source has timed out does not matter.
      bootstrap.update(
        isPulling: number < 4, hasSignOfTable: hasSign, company: .unknown, isAuditing: false,
        now: start + .milliseconds(200 * number))
      return bootstrap.hasLostSign
    }
    #expect(found == [false, false, false, true, false])
  }

  @Test func checksUntilItIsTheFirst() {
    var bootstrap = Bootstrap(now: start)
    #expect(bootstrap.deadline(in: .unknown, now: start) == start + AloneTimer.interval)
    let late = start + .milliseconds(1100)
    #expect(bootstrap.deadline(in: .unknown, now: late) == start + .milliseconds(1200))
    _ = run(&bootstrap)
    #expect(bootstrap.deadline(in: .unknown, now: late) == nil)
  }
}
