import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SessionTableExpiryTests {
  private let start = Instant.now
  private var table: SessionTable

  init() throws { table = try #require(SessionTable(pool6: .wellKnown, now: start)) }

  @Test(arguments: [1, 9, 10, 11, 255, 2560, 6000, 655_360, 7_200_000, 167_772_160, UInt32.max])
  func sessionsExpireInTimeButNeverEarly(expiration: UInt32) {
    for offset in [0, 1, 5, 9] {
      var table = table
      let now = start + .milliseconds(offset)
      _ = table.upsert(.sample(expiration: expiration), now: now)
      let end = now + .milliseconds(expiration)
      #expect(table.expire(now: end - .milliseconds(1)) == 0)
      #expect(table.session(like: .sample(), now: end + .milliseconds(9))?.entry.expiration == Milliseconds(0))
      var expired: [SessionTable.Session] = []
      #expect(table.expire(now: end + .milliseconds(9)) { expired.append($0) } == 1)
      #expect(expired.map(\.entry) == [.sample(expiration: 0)])
      #expect(table.isEmpty)
    }
  }

  @Test func reportsItsNextDeadline() {
    var table = table
    #expect(table.nextDeadline == nil)
    for seconds: UInt32 in [40, 10, 3000] {
      _ = table.upsert(.sample(Int(seconds), expiration: seconds * 1000), now: start)
    }
    var expirations: [Instant] = []
    var visits = 0
    while let deadline = table.nextDeadline {
      visits += 1
      table.expire(now: deadline) { _ in expirations.append(deadline) }
    }
    #expect(expirations == [10, 40, 3000].map { start + .seconds($0) })
    #expect(visits <= 3 * 4)
  }

  @Test func updatesMoveTheExpiry() {
    var table = table
    _ = table.upsert(.sample(0, expiration: 60_000), now: start)
    _ = table.upsert(.sample(1, expiration: 60_000), now: start)
    _ = table.upsert(.sample(0, expiration: 300_000), now: start)
    _ = table.upsert(.sample(1, expiration: 6000), now: start)
    #expect(table.expire(now: start + .seconds(6)) == 1)
    #expect(table.expire(now: start + .seconds(299)) == 0)
    #expect(table.expire(now: start + .seconds(300)) == 1)
  }

  @Test func timeMayStopOrGoBack() {
    var table = table
    #expect(table.expire(now: start + .seconds(100)) == 0)
    // A session that is due on arrival expires with the next tick.
    _ = table.upsert(.sample(0, expiration: 1000), now: start)
    _ = table.upsert(.sample(1, expiration: 0), now: start + .seconds(100))
    #expect(table.expire(now: start) == 0)
    #expect(table.expire(now: start + .seconds(100)) == 0)
    #expect(table.count == 2)
    #expect(table.expire(now: start + .seconds(100.01)) == 2)
  }

  @Test func acceptsAnyInstant() {
    var table = table
    let instants = [0, 1, -1, 300, -300, 50_000, -50_000, 50_001].map { start + .seconds($0 * 86_400) }
    for (number, now) in instants.enumerated() {
      _ = table.upsert(.sample(number, expiration: .max), now: now)
      #expect(table.session(like: .sample(number), now: now) != nil)
      for other in instants { _ = table.session(like: .sample(number), now: other) }
      table.expire(now: now)
      _ = table.nextDeadline
    }
    #expect(table.expire(now: start + .seconds(100_000 * 86_400)) > 0)
    #expect(table.count == 0)
  }

  @Test func changesItsTimeBaseWithoutLosingTime() {
    var table = table
    let hours = 3 * 365 * 24
    _ = table.upsert(.sample(0, expiration: .max), now: start)
    for hour in stride(from: 0, to: hours, by: 2) {
      // One session is refreshed for three years, while others are added and expire.
      let now = start + .seconds(hour * 3600)
      let change = table.upsert(.sample(1, expiration: 7_200_000), now: now)
      #expect(change != .inserted || hour == 0)
      _ = table.upsert(.sample(2 + hour % 100, expiration: 3_599_000), now: now)
      #expect(table.expire(now: now + .seconds(3599)) == 1)
      #expect(table.session(like: .sample(1), now: now)?.entry.expiration == Milliseconds(7_200_000))
      table.expire(now: now + .seconds(7199))
    }
    #expect(table.count == 1)
    #expect(table.expire(now: start + .seconds(hours * 3600)) == 1)
  }
}
