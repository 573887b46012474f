import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct UpdateStreamTests {
  private let start = ContinuousClock.now
  private let jitter = Duration.milliseconds(3)

  @Test func isCompleteWhenEverythingHasArrivedInWhateverOrder() {
    var stream = UpdateStream()
    for sequence in [1, 2, 4, 3, 3, 6, 7, 5, 1] { receive(UInt64(sequence), by: &stream) }
    #expect(stream.isComplete)
    #expect(stream.next == 8)
    #expect(stream.lost == 0)
    #expect(stream.gaps == 2)
    #expect(stream.deadline == nil)
  }

  @Test func asksForWhatIsMissingAfterAMoment() {
    var stream = UpdateStream()
    for sequence in [1, 4, 6] { receive(UInt64(sequence), by: &stream) }
    let early = stream.ask(now: start + .milliseconds(7))
    #expect(early == [])
    let asked = stream.ask(now: start + .milliseconds(8))
    #expect(asked == [.init(first: 2, count: 2), .init(first: 5, count: 1)])
    let again = stream.ask(now: start + .milliseconds(47))
    #expect(again == [], "not before the answer had time to come")
    let later = stream.ask(now: start + .milliseconds(48))
    #expect(later.count == 2)
  }

  @Test func noticesThatTheLastUpdateIsMissing() {
    var stream = UpdateStream()
    receive(1, by: &stream)
    stream.heard(last: 3, now: start, jitter: jitter)
    #expect(!stream.isComplete)
    let asked = stream.ask(now: start + .seconds(1))
    #expect(asked == [.init(first: 2, count: 2)])
  }

  @Test func asksAnUnknownPeerForSomeOfWhatCameBefore() {
    var stream = UpdateStream()
    stream.heard(last: 500, now: start, jitter: jitter)
    let asked = stream.ask(now: start + .seconds(1))
    #expect(asked == [.init(first: 245, count: 256)])
  }

  @Test func goesOnWithoutWhatCannotBeRepeated() {
    var stream = UpdateStream()
    for sequence in [1, 5] { receive(UInt64(sequence), by: &stream) }
    stream.gone(until: 4)
    #expect(stream.lost == 0, "nobody asked")
    _ = stream.ask(now: start + .seconds(1))
    stream.gone(until: 4)
    #expect(stream.lost == 3)
    #expect(stream.isComplete)
  }

  @Test func givesUpAfterManyQuestions() {
    var stream = UpdateStream()
    for sequence in [1, 3] { receive(UInt64(sequence), by: &stream) }
    var now = start
    var asked = 0
    while let deadline = stream.deadline {
      now = deadline
      if stream.ask(now: now) != [] { asked += 1 }
    }
    #expect(asked == UpdateStream.maxAttempts)
    #expect(stream.lost == 1)
    #expect(now - start < .seconds(10))
  }

  @Test func remembersNoMoreThanItMay() {
    var stream = UpdateStream()
    receive(1, by: &stream)
    for sequence in 3...3 + UInt64(UpdateStream.maxAhead) { receive(sequence, by: &stream) }
    #expect(stream.lost == 1)
    #expect(stream.isComplete)
  }

  @Test func isCertainOfWhatArrivedOrCameWithATable() {
    var stream = UpdateStream()
    for sequence in [1, 2, 5] { receive(UInt64(sequence), by: &stream) }
    #expect(stream.certain == 3)
    _ = stream.ask(now: start + .seconds(1))
    stream.gone(until: 4)
    #expect(stream.next == 6)
    #expect(stream.certain == 3, "3 and 4 were given up")
    stream.cover(before: 4, now: start)
    #expect(stream.certain == 4)
    stream.cover(before: 9, now: start)
    #expect(stream.certain == 9)
    #expect(stream.isComplete)
    #expect(stream.deadline == nil)
  }

  @Test func isNotCertainOfWhatWasSaidBeforeItListened() {
    var stream = UpdateStream()
    receive(1000, by: &stream)
    #expect(stream.certain == 1)
    stream.cover(before: 1001, now: start)
    #expect(stream.certain == 1001)
  }

  @Test(arguments: [101, 150, 5000, 1 << 60] as [UInt64]) func takesBackANumberThatThePeerNeverSaid(forged: UInt64) {
    var stream = UpdateStream()
    for sequence in 1...100 { receive(UInt64(sequence), by: &stream) }
    stream.heard(last: forged, now: start, jitter: jitter)
    // Its updates and hellos go on.
    var sequence: UInt64 = 100
    var isRetracted = false
    for tenth in 1...60 {
      let now = start + .milliseconds(100 * tenth)
      _ = stream.ask(now: now)
      stream.gone(until: forged)
      if tenth % 10 == 2 { isRetracted = stream.heard(last: sequence, now: now, jitter: jitter) || isRetracted }
      guard forged > 101, tenth % 5 == 0, tenth > 40 else { continue }
      sequence += 1
      let isNew = stream.receive(sequence, now: now, jitter: jitter)
      #expect(isNew)
    }
    #expect(isRetracted)
    #expect(stream.highest == sequence)
    #expect(stream.isComplete)
    #expect(stream.lost == 0)
    #expect(stream.certain == sequence + 1)
  }

  /// A table that covers what a peer is said to have said.
  @Test func takesBackWhatAnotherOneSaidOfThePeer() {
    var stream = UpdateStream()
    for sequence in 1...100 { receive(UInt64(sequence), by: &stream) }
    stream.cover(before: 1 << 60, now: start)
    stream.heard(last: 101, now: start + .seconds(3), jitter: jitter)
    #expect(stream.next == 101)
    let isNew = stream.receive(101, now: start + .seconds(3), jitter: jitter)
    #expect(isNew)
    #expect(stream.isComplete)
  }

  @Test func believesANumberThatThePeerSaysAgain() {
    var stream = UpdateStream()
    receive(1, by: &stream)
    stream.heard(last: 5, now: start, jitter: jitter)
    stream.heard(last: 5, now: start + .seconds(1), jitter: jitter)
    stream.heard(last: 4, now: start + .seconds(5), jitter: jitter)
    #expect(stream.highest == 5, "4 was late")
  }

  private func receive(_ sequence: UInt64, by stream: inout UpdateStream) {
    stream.receive(sequence, now: start, jitter: jitter)
  }
}

@Suite struct ResendQueueTests {
  private let start = ContinuousClock.now

  @Test func repeatsWhatItStillHasAndNotTooOften() {
    var queue = ResendQueue()
    for number in 1...10 { queue.append([UInt8(number)], now: start) }
    let soon = queue.repeating(.init(first: 3, count: 2), limit: 5000, now: start + .milliseconds(5))
    #expect(soon.datagrams == [])
    let later = start + ResendQueue.spacing
    let repeated = queue.repeating(.init(first: 3, count: 2), limit: 5000, now: later)
    #expect(repeated.datagrams == [[3], [4]])
    #expect(repeated.goneUntil == nil)
    let forAnother = queue.repeating(.init(first: 4, count: 100), limit: 5000, now: later)
    #expect(forAnother.datagrams == [[5], [6], [7], [8], [9], [10]])
  }

  @Test func repeatsTheOldestIfThereIsNoRoomForAll() {
    var queue = ResendQueue()
    for number in 1...10 { queue.append([UInt8(number)], now: start) }
    let later = start + ResendQueue.spacing
    let first = queue.repeating(.init(first: 3, count: 8), limit: 2, now: later)
    let second = queue.repeating(.init(first: 5, count: 6), limit: 2, now: later)
    #expect(first.datagrams + second.datagrams == [[3], [4], [5], [6]])
  }

  @Test func saysWhatIsGone() {
    var queue = ResendQueue()
    let count = ResendQueue.capacity + 100
    for _ in 0..<count { queue.append([], now: start) }
    #expect(queue.first == 101)
    let answer = queue.repeating(.init(first: 50, count: 60), limit: 5000, now: start + .seconds(1))
    #expect(answer.goneUntil == 100)
    #expect(answer.datagrams.count == 9)
    let nothing = queue.repeating(.init(first: 1, count: 10), limit: 5000, now: start + .seconds(1))
    #expect(nothing.goneUntil == 10)
    #expect(nothing.datagrams == [])
    let absurd = queue.repeating(.init(first: UInt64.max - 1, count: .max), limit: 5000, now: start)
    #expect(absurd.datagrams == [])
    #expect(absurd.goneUntil == nil)
  }
}
