import Testing

@testable import JoolSession

@Suite struct SendQueueTests {
  private let start = Instant.now

  @Test func keepsUnsentDatagramsInOrder() {
    var sendQueue = SendQueue()
    #expect(sendQueue.next(now: start) == nil)
    let kept = (0...SendQueue.capacity).map { sendQueue.append([UInt8(truncatingIfNeeded: $0)], now: start) }
    #expect(kept.filter { $0 }.count == SendQueue.capacity)
    #expect(kept.last == false, "the queue is full")
    #expect(sendQueue.next(now: start) == nil, "no retry before the pause is over")
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

  @Test func isStuckAfterALongTimeWithoutASend() {
    var sendQueue = SendQueue()
    _ = sendQueue.append([1], now: start)
    _ = sendQueue.append([2], now: start + .seconds(4))
    #expect(!sendQueue.isStalled(now: start + .seconds(4)))
    #expect(sendQueue.isStalled(now: start + SendQueue.maxQueueTime))
    sendQueue.removeNext(now: start + .seconds(6))
    #expect(!sendQueue.isStalled(now: start + .seconds(10)), "one was sent")
    sendQueue.removeNext(now: start + .seconds(10))
    #expect(!sendQueue.isStalled(now: start + .seconds(60)), "the queue is empty")
  }

  @Test func dropsOutdatedDatagramsAndStaysStuck() {
    var sendQueue = SendQueue()
    for second in [0, 3] { _ = sendQueue.append([1], now: start + .seconds(second)) }
    #expect(sendQueue.removeOutdated(now: start + SendQueue.maxQueueTime) == 0)
    #expect(sendQueue.removeOutdated(now: start + .seconds(6)) == 1)
    #expect(sendQueue.removeOutdated(now: start + .seconds(9)) == 1)
    #expect(sendQueue.isEmpty && sendQueue.deadline == nil)
    _ = sendQueue.append([2], now: start + .seconds(10))
    #expect(sendQueue.isStalled(now: start + .seconds(10)), "a table transfer must not wait again")
    sendQueue.removeNext(now: start + .seconds(11))
    _ = sendQueue.append([3], now: start + .seconds(12))
    #expect(!sendQueue.isStalled(now: start + .seconds(13)))
  }

  /// Peers request a lost frame again, but nobody requests a lost datagram for C proxies.
  @Test func dropsFramesAfterASecond() {
    var sendQueue = SendQueue()
    let frame: [UInt8] = [0, 0, 3, 2]
    for datagram in [[9], frame, frame] { _ = sendQueue.append(datagram, now: start) }
    _ = sendQueue.append(frame, now: start + .seconds(3))
    #expect(sendQueue.removeOutdated(now: start + .seconds(3)) == 0, "the first datagram may still be sent")
    sendQueue.removeNext(now: start + .seconds(3))
    #expect(sendQueue.removeOutdated(now: start + .seconds(4)) == 2)
    #expect(sendQueue.next(now: start + .seconds(4)) == frame)
    #expect(sendQueue.removeOutdated(now: start + .seconds(3) + SendQueue.maxFrameAge + .milliseconds(1)) == 1)
    #expect(sendQueue.isEmpty)
  }
}
