import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct UpdateStreamTests {
  private let start = ContinuousClock.now
  private let jitter = Duration.milliseconds(3)

  @Test func appliesUpdatesInTheOrderTheyWereSent() {
    var stream = UpdateStream()
    var applied: [UInt16] = []
    for sequence in [1, 2, 4, 3, 3, 6, 7, 5, 1] { applied += receive(UInt64(sequence), by: &stream) }
    #expect(applied == [1, 2, 3, 4, 5, 6, 7])
    #expect(stream.isComplete)
    #expect(stream.lost == 0)
    #expect(stream.gaps == 2)
  }

  @Test func asksForWhatIsMissingAfterAMoment() {
    var stream = UpdateStream()
    _ = receive(1, by: &stream)
    _ = receive(4, by: &stream)
    _ = receive(6, by: &stream)
    let early = stream.ask(now: start + .milliseconds(7))
    #expect(early.ranges == [])
    let asked = stream.ask(now: start + .milliseconds(8))
    #expect(asked.ranges == [.init(first: 2, count: 2), .init(first: 5, count: 1)])
    let again = stream.ask(now: start + .milliseconds(47))
    #expect(again.ranges == [], "not before the answer had time to come")
    let later = stream.ask(now: start + .milliseconds(48))
    #expect(later.ranges.count == 2)
  }

  @Test func noticesThatTheLastUpdateIsMissing() {
    var stream = UpdateStream()
    _ = receive(1, by: &stream)
    stream.heard(last: 3, now: start, jitter: jitter)
    #expect(!stream.isComplete)
    let asked = stream.ask(now: start + .seconds(1))
    #expect(asked.ranges == [.init(first: 2, count: 2)])
  }

  @Test func startsWithWhatItHearsFirst() {
    var stream = UpdateStream()
    stream.heard(last: 500, now: start, jitter: jitter)
    #expect(stream.isComplete)
    let applied = receive(501, by: &stream)
    #expect(applied == [501])
  }

  @Test func goesOnWithoutWhatCannotBeRepeated() {
    var stream = UpdateStream()
    _ = receive(1, by: &stream)
    _ = receive(5, by: &stream)
    let released = stream.gone(until: 4).map { $0[0].source4.port - 1024 }
    #expect(released == [5])
    #expect(stream.lost == 3)
    #expect(stream.isComplete)
  }

  @Test func givesUpAfterManyQuestions() {
    var stream = UpdateStream()
    _ = receive(1, by: &stream)
    _ = receive(3, by: &stream)
    var now = start
    var asked = 0
    var released: [[SessionEntry]] = []
    while let deadline = stream.deadline {
      now = deadline
      let (ranges, out) = stream.ask(now: now)
      if !ranges.isEmpty { asked += 1 }
      released += out
    }
    #expect(asked == UpdateStream.maxAttempts)
    #expect(released.count == 1)
    #expect(stream.lost == 1)
    #expect(now - start < .seconds(10))
  }

  @Test func holdsNoMoreThanItMay() {
    var stream = UpdateStream()
    _ = receive(1, by: &stream)
    var applied = 0
    for sequence in 3..<3 + UInt64(UpdateStream.maxHeld) + 1 { applied += receive(sequence, by: &stream).count }
    #expect(applied == UpdateStream.maxHeld + 1)
    #expect(stream.lost == 1)
  }

  private func receive(_ sequence: UInt64, by stream: inout UpdateStream) -> [UInt16] {
    let session = SessionEntry.sample(Int(sequence))
    return stream.receive(sequence, [session], now: start, jitter: jitter).map { $0[0].source4.port - 1024 }
  }
}

@Suite struct ResendQueueTests {
  private let start = ContinuousClock.now

  @Test func repeatsWhatItStillHasAndNotTooOften() {
    var queue = ResendQueue()
    for number in 1...10 { queue.append([UInt8(number)], now: start) }
    let soon = queue.repeating(.init(first: 3, count: 2), now: start + .milliseconds(5))
    #expect(soon.datagrams == [])
    let later = start + ResendQueue.spacing
    let repeated = queue.repeating(.init(first: 3, count: 2), now: later)
    #expect(repeated.datagrams == [[3], [4]])
    #expect(repeated.goneUntil == nil)
    let forAnother = queue.repeating(.init(first: 4, count: 100), now: later)
    #expect(forAnother.datagrams == [[5], [6], [7], [8], [9], [10]])
  }

  @Test func saysWhatIsGone() {
    var queue = ResendQueue()
    let count = ResendQueue.capacity + 100
    for _ in 0..<count { queue.append([], now: start) }
    #expect(queue.first == 101)
    let answer = queue.repeating(.init(first: 50, count: 60), now: start + .seconds(1))
    #expect(answer.goneUntil == 100)
    #expect(answer.datagrams.count == 9)
    let nothing = queue.repeating(.init(first: 1, count: 10), now: start + .seconds(1))
    #expect(nothing.goneUntil == 10)
    #expect(nothing.datagrams == [])
    let absurd = queue.repeating(.init(first: UInt64.max - 1, count: .max), now: start)
    #expect(absurd.datagrams == [])
    #expect(absurd.goneUntil == nil)
  }
}
