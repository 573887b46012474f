import Testing

@testable import JoolSession

@Suite struct AdditionQueueTests {
  private let start = Instant.now

  private func insert(_ rows: Range<Int>, into queue: inout AdditionQueue, at seconds: Double) {
    for row in rows { _ = queue.insert(UInt32(row), now: start + .seconds(seconds)) }
  }

  /// A queue whose last row has just been given, so that a burst is under way at 0 s.
  private func busyQueue() -> AdditionQueue {
    var queue = AdditionQueue()
    insert(0..<1, into: &queue, at: 0)
    _ = queue.take(now: start)
    return queue
  }

  @Test func returnsALoneRowAtOnce() {
    var queue = AdditionQueue()
    #expect(queue.deadline == nil)
    insert(0..<3, into: &queue, at: 1)
    #expect(queue.deadline == start + .seconds(1))
    _ = queue.take(now: start + .seconds(1))
    #expect(queue.deadline == nil)
    // The next row is alone after a pause.
    let pause = start + .seconds(1) + AdditionQueue.idleTimeout
    _ = queue.insert(4, now: pause)
    #expect(queue.deadline == pause)
  }

  @Test func collectsABurstThatBeginsWithManyRows() {
    var queue = AdditionQueue()
    insert(0..<AdditionQueue.loneCapacity + 1, into: &queue, at: 1)
    #expect(queue.deadline == start + .seconds(1) + AdditionQueue.idleTimeout)
  }

  @Test func collectsTheRowsThatFollowALoneOne() {
    var queue = busyQueue()
    insert(1..<2, into: &queue, at: 0.019)
    #expect(queue.deadline == start + .seconds(0.019) + AdditionQueue.idleTimeout)
    _ = queue.take(now: start + .seconds(0.039))
    // This row follows the last one by less than the pause, although the queue was empty.
    insert(2..<3, into: &queue, at: 0.0385)
    #expect(queue.deadline == start + .seconds(0.0385) + AdditionQueue.idleTimeout)
  }

  @Test func waitsForAPauseUpToALimit() {
    var queue = busyQueue()
    insert(0..<1, into: &queue, at: 0)
    #expect(queue.deadline == start + AdditionQueue.idleTimeout)
    // A trickle that never pauses.
    insert(1..<2, into: &queue, at: 0.095)
    #expect(queue.deadline == start + AdditionQueue.smallBatchTimeout)
    // A burst that never pauses.
    insert(2..<AdditionQueue.smallBatchCount, into: &queue, at: 0.095)
    #expect(queue.deadline == start + .seconds(0.095) + AdditionQueue.idleTimeout)
    insert(1..<2, into: &queue, at: 3.99)
    #expect(queue.deadline == start + AdditionQueue.batchTimeout)
  }

  @Test func endsABatchAtItsMaximumSize() {
    var queue = busyQueue()
    insert(0..<AdditionQueue.batchCapacity + 10, into: &queue, at: 0.01)
    #expect(queue.deadline == start + .seconds(0.01))
    let first = queue.take(now: start + .seconds(2))
    #expect(first.rows.count == AdditionQueue.batchCapacity)
    #expect(queue.deadline == start + .seconds(0.01) + AdditionQueue.idleTimeout)
    let second = queue.take(now: start + .seconds(2))
    #expect(second.rows.map { Int($0) } == Array(AdditionQueue.batchCapacity..<AdditionQueue.batchCapacity + 10))
    #expect(queue.isEmpty && queue.deadline == nil)
  }

  @Test func queuesARowOnlyOnce() {
    var queue = AdditionQueue()
    let first = queue.insert(70, now: start)
    let second = queue.insert(70, now: start)
    #expect(first && !second)
    #expect(queue.entered == 1)
    let taken = queue.take(now: start)
    #expect(taken.rows == [70])
    let third = queue.insert(70, now: start)
    #expect(third)
  }

  @Test func doesNotReturnForgottenRows() {
    var queue = AdditionQueue()
    insert(0..<3, into: &queue, at: 0)
    queue.forget(1)
    queue.forget(2)
    insert(2..<3, into: &queue, at: 0)
    let (rows, entered) = queue.take(now: start)
    #expect(rows == [0, 2])
    #expect(entered == 4)
  }

  @Test func returnsQueuedRowsAtOnceAfterHurry() {
    var queue = busyQueue()
    queue.hurry()
    insert(0..<3000, into: &queue, at: 0.01)
    #expect(queue.deadline == start + .seconds(0.01) + AdditionQueue.idleTimeout)
    queue.hurry()
    #expect(queue.deadline == start + .seconds(0.01))
    _ = queue.take(now: start + .seconds(0.01))
    insert(0..<3, into: &queue, at: 0.02)
    #expect(queue.deadline == start + .seconds(0.02) + AdditionQueue.idleTimeout)
  }
}
