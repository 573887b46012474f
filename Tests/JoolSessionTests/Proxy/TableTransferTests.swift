import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct TableTransferTests {
  private let start = Instant.now

  @Test func sendsEverySessionOnceInOrderAndPaced() {
    let sessions = (0..<5000).map { SessionEntry.sample($0, expiration: 60_000 + UInt32(($0 * 7919) % 5000) * 100) }
    var transfer = TableTransfer(SortedSessions(sessions), because: .repair, base: start)
    var given: [SessionEntry] = []
    var now = start
    while !transfer.isFinished {
      let burst = transfer.nextBurst(now: now)
      #expect(burst.count <= TableTransfer.sessionsPerBurst)
      given += burst
      let early = transfer.nextBurst(now: now)
      #expect(early.isEmpty, "the next burst must wait")
      now = transfer.deadline
    }
    #expect(given.count == 5000)
    #expect(Set(given.map(SessionKey.init)).count == 5000)
    #expect(given.map(\.expiration) == given.map(\.expiration).sorted())
  }

  @Test func shortensExpirationsWhileSessionsWait() {
    var transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), because: .start, base: start)
    let soon = transfer.nextBurst(now: start + .seconds(4))
    #expect(soon.map(\.expiration.rawValue) == [6000])
    transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), because: .start, base: start)
    let late = transfer.nextBurst(now: start + .seconds(40))
    #expect(late.map(\.expiration.rawValue) == [1], "only the module may report the end of a session")
  }

  @Test func keepsUnsentDatagramsInOrder() {
    var outbox = Outbox()
    #expect(outbox.next(now: start) == nil)
    let kept = (0...Outbox.capacity).map { outbox.append([UInt8(truncatingIfNeeded: $0)], now: start) }
    #expect(kept.filter { $0 }.count == Outbox.capacity)
    #expect(kept.last == false, "the outbox is full")
    #expect(outbox.next(now: start) == nil, "no retry before the pause is over")
    let later = start + Outbox.retry
    #expect(outbox.next(now: later) == [0])
    outbox.postpone(now: later)
    #expect(outbox.next(now: later) == nil)
    for number in 0..<Outbox.capacity {
      #expect(outbox.next(now: later + Outbox.retry) == [UInt8(truncatingIfNeeded: number)])
      outbox.removeNext(now: later)
    }
    #expect(outbox.isEmpty)
    #expect(outbox.deadline == nil)
  }

  @Test func isStuckAfterALongTimeWithoutASend() {
    var outbox = Outbox()
    _ = outbox.append([1], now: start)
    _ = outbox.append([2], now: start + .seconds(4))
    #expect(!outbox.isStuck(now: start + .seconds(4)))
    #expect(outbox.isStuck(now: start + Outbox.patience))
    outbox.removeNext(now: start + .seconds(6))
    #expect(!outbox.isStuck(now: start + .seconds(10)), "one was sent")
    outbox.removeNext(now: start + .seconds(10))
    #expect(!outbox.isStuck(now: start + .seconds(60)), "the outbox is empty")
  }

  @Test func dropsOutdatedDatagramsAndStaysStuck() {
    var outbox = Outbox()
    for second in [0, 3] { _ = outbox.append([1], now: start + .seconds(second)) }
    #expect(outbox.removeOutdated(now: start + Outbox.patience) == 0)
    #expect(outbox.removeOutdated(now: start + .seconds(6)) == 1)
    #expect(outbox.removeOutdated(now: start + .seconds(9)) == 1)
    #expect(outbox.isEmpty && outbox.deadline == nil)
    _ = outbox.append([2], now: start + .seconds(10))
    #expect(outbox.isStuck(now: start + .seconds(10)), "a table transfer must not wait again")
    outbox.removeNext(now: start + .seconds(11))
    _ = outbox.append([3], now: start + .seconds(12))
    #expect(!outbox.isStuck(now: start + .seconds(13)))
  }

  /// Peers request a lost frame again, but nobody requests a lost datagram for C proxies.
  @Test func dropsFramesAfterASecond() {
    var outbox = Outbox()
    let frame: [UInt8] = [0, 0, 3, 2]
    for datagram in [[9], frame, frame] { _ = outbox.append(datagram, now: start) }
    _ = outbox.append(frame, now: start + .seconds(3))
    #expect(outbox.removeOutdated(now: start + .seconds(3)) == 0, "the first datagram may still be sent")
    outbox.removeNext(now: start + .seconds(3))
    #expect(outbox.removeOutdated(now: start + .seconds(4)) == 2)
    #expect(outbox.next(now: start + .seconds(4)) == frame)
    #expect(outbox.removeOutdated(now: start + .seconds(3) + Outbox.freshness + .milliseconds(1)) == 1)
    #expect(outbox.isEmpty)
  }
}
