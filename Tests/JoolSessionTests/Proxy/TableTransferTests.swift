import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct TableTransferTests {
  private let start = Instant.now

  @Test func givesEverySessionOnceInAscendingOrderAndPaced() {
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

  @Test func ageWhileTheyWait() {
    var transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), because: .start, base: start)
    let soon = transfer.nextBurst(now: start + .seconds(4))
    #expect(soon.map(\.expiration.rawValue) == [6000])
    transfer = TableTransfer(SortedSessions([.sample(expiration: 10_000)]), because: .start, base: start)
    let late = transfer.nextBurst(now: start + .seconds(40))
    #expect(late.map(\.expiration.rawValue) == [1], "that it ended is for the module to say")
  }

  @Test func keepsWhatCannotBeSentInOrder() {
    var sendQueue = SendQueue()
    #expect(sendQueue.next(now: start) == nil)
    let kept = (0...SendQueue.capacity).map { sendQueue.append([UInt8(truncatingIfNeeded: $0)], now: start) }
    #expect(kept.filter { $0 }.count == SendQueue.capacity)
    #expect(kept.last == false, "no more room")
    #expect(sendQueue.next(now: start) == nil, "not before the link had time to recover")
    let later = start + SendQueue.retry
    #expect(sendQueue.next(now: later) == [0])
    sendQueue.postpone(now: later)
    #expect(sendQueue.next(now: later) == nil)
    for number in 0..<SendQueue.capacity {
      #expect(sendQueue.next(now: later + SendQueue.retry) == [UInt8(truncatingIfNeeded: number)])
      sendQueue.removeNext(now: later)
    }
    #expect(sendQueue.isEmpty)
    #expect(sendQueue.deadline == nil)
  }

  @Test func isStuckWhenNothingGetsOutForLong() {
    var sendQueue = SendQueue()
    _ = sendQueue.append([1], now: start)
    _ = sendQueue.append([2], now: start + .seconds(4))
    #expect(!sendQueue.isStalled(now: start + .seconds(4)))
    #expect(sendQueue.isStalled(now: start + SendQueue.maxQueueTime))
    sendQueue.removeNext(now: start + .seconds(6))
    #expect(!sendQueue.isStalled(now: start + .seconds(10)), "one got out")
    sendQueue.removeNext(now: start + .seconds(10))
    #expect(!sendQueue.isStalled(now: start + .seconds(60)), "nothing waits")
  }

  @Test func givesUpWhatIsOutdatedAndRemembersThatNothingGetsOut() {
    var sendQueue = SendQueue()
    for second in [0, 3] { _ = sendQueue.append([1], now: start + .seconds(second)) }
    #expect(sendQueue.removeOutdated(now: start + SendQueue.maxQueueTime) == 0)
    #expect(sendQueue.removeOutdated(now: start + .seconds(6)) == 1)
    #expect(sendQueue.removeOutdated(now: start + .seconds(9)) == 1)
    #expect(sendQueue.isEmpty && sendQueue.deadline == nil)
    _ = sendQueue.append([2], now: start + .seconds(10))
    #expect(sendQueue.isStalled(now: start + .seconds(10)), "a table that is being sent must not wait again")
    sendQueue.removeNext(now: start + .seconds(11))
    _ = sendQueue.append([3], now: start + .seconds(12))
    #expect(!sendQueue.isStalled(now: start + .seconds(13)))
  }

  /// Peers ask for a frame again, nobody for a C proxies' datagram.
  @Test func framesAreOutdatedAfterASecond() {
    var sendQueue = SendQueue()
    let frame: [UInt8] = [0, 0, 3, 2]
    for datagram in [[9], frame, frame] { _ = sendQueue.append(datagram, now: start) }
    _ = sendQueue.append(frame, now: start + .seconds(3))
    #expect(sendQueue.removeOutdated(now: start + .seconds(3)) == 0, "the first one may be sent")
    sendQueue.removeNext(now: start + .seconds(3))
    #expect(sendQueue.removeOutdated(now: start + .seconds(4)) == 2)
    #expect(sendQueue.next(now: start + .seconds(4)) == frame)
    #expect(sendQueue.removeOutdated(now: start + .seconds(3) + SendQueue.maxFrameAge + .milliseconds(1)) == 1)
    #expect(sendQueue.isEmpty)
  }
}
