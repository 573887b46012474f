import Testing

@testable import JoolSession

@Suite struct AdditionQueueTests {
  private let start = Instant.now

  private func insert(_ rows: Range<Int>, into queue: inout AdditionQueue, at seconds: Double) {
    for row in rows { _ = queue.insert(UInt32(row), now: start + .seconds(seconds)) }
  }

  @Test func waitsForAPauseButNotForEver() {
    var queue = AdditionQueue()
    #expect(queue.deadline == nil)
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

  @Test func aBurstEndsByItsNumber() {
    var queue = AdditionQueue()
    insert(0..<AdditionQueue.batchCapacity + 10, into: &queue, at: 1)
    #expect(queue.deadline == start + .seconds(1))
    let first = queue.take(now: start + .seconds(2))
    #expect(first.rows.count == AdditionQueue.batchCapacity)
    #expect(queue.deadline == start + .seconds(1) + AdditionQueue.idleTimeout)
    let second = queue.take(now: start + .seconds(2))
    #expect(second.rows.map { Int($0) } == Array(AdditionQueue.batchCapacity..<AdditionQueue.batchCapacity + 10))
    #expect(queue.isEmpty && queue.deadline == nil)
  }

  @Test func aRowWaitsOnce() {
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

  @Test func aRowThatWasGivenOtherwiseIsNotGivenAgain() {
    var queue = AdditionQueue()
    insert(0..<3, into: &queue, at: 0)
    queue.forget(1)
    queue.forget(2)
    insert(2..<3, into: &queue, at: 0)
    let (rows, entered) = queue.take(now: start)
    #expect(rows == [0, 2])
    #expect(entered == 4)
  }

  @Test func givesAtOnceWhatSomebodyWaitsFor() {
    var queue = AdditionQueue()
    queue.hurry()
    insert(0..<3000, into: &queue, at: 1)
    #expect(queue.deadline == start + .seconds(1) + AdditionQueue.idleTimeout)
    queue.hurry()
    #expect(queue.deadline == start + .seconds(1))
    _ = queue.take(now: start + .seconds(1))
    insert(0..<3, into: &queue, at: 2)
    #expect(queue.deadline == start + .seconds(2) + AdditionQueue.idleTimeout)
  }
}
