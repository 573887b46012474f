import Testing

@testable import JoolSession

@Suite struct UpdateStreamTests {
  private static let start = Instant.now

  /// A stream and a clock.
  private struct Run {
    var stream: UpdateStream
    var now = UpdateStreamTests.start
    private(set) var naks: [[ClosedRange<UInt64>]] = []

    init(next: UInt64 = 1, last: UInt64 = 0) {
      stream = UpdateStream(progress: Progress(next: next), last: last)
    }

    mutating func receive(_ sequences: UInt64...) -> [Bool] {
      var areNew: [Bool] = []
      for sequence in sequences { areNew.append(stream.receive(sequence, now: now, jitter: .zero)) }
      return areNew
    }

    mutating func confirm(_ last: UInt64) { stream.confirm(last: last, now: now, jitter: .zero) }

    mutating func raise(_ last: UInt64) { stream.raise(last: last, now: now, jitter: .zero) }

    mutating func pass(_ duration: TimeAmount) {
      let end = now + duration
      while now < end {
        now += .milliseconds(5)
        let ranges = stream.ask(now: now)
        if !ranges.isEmpty { naks.append(ranges.map { $0.first...$0.first + UInt64($0.count) - 1 }) }
      }
    }
  }

  @Test func acceptsUpdatesInOrder() {
    var run = Run()
    let areNew = run.receive(1, 2, 3, 3)
    #expect(areNew == [true, true, true, false])
    #expect(run.stream.progress == Progress(next: 4))
    #expect(run.stream.isComplete)
    #expect(run.stream.deadline == nil)
  }

  @Test func requestsAGapAndFillsIt() {
    var run = Run()
    let areNew = run.receive(1, 4, 2)
    #expect(areNew == [true, true, true])
    #expect(run.stream.progress == Progress(next: 3, beyond: 2))
    run.pass(.milliseconds(10))
    #expect(run.naks == [[3...3]])
    let filled = run.receive(3)
    #expect(filled == [true])
    #expect(run.stream.progress == Progress(next: 5))
    run.pass(.seconds(1))
    #expect(run.naks.count == 1)
    #expect(run.stream.gaps == 1)
    #expect(run.stream.unrecovered == 0)
  }

  @Test func requestsNothingAfterBriefReordering() {
    var run = Run()
    let areNew = run.receive(2, 1)
    #expect(areNew == [true, true])
    run.pass(.seconds(1))
    #expect(run.naks.isEmpty)
  }

  @Test func declaresALossAfterThreeUnansweredNAKs() {
    var run = Run()
    _ = run.receive(2)
    run.confirm(2)
    run.pass(.milliseconds(200))
    #expect(run.naks == [[1...1], [1...1], [1...1]])
    #expect(!run.stream.isLost)
    run.pass(.milliseconds(200))
    #expect(run.stream.isLost)
    #expect(run.stream.unrecovered == 1)
    run.pass(.seconds(5))
    #expect(run.naks.count == 3, "no further NAKs")
    #expect(run.stream.progress == Progress(next: 1, beyond: 2))
  }

  @Test func requestsLaterGapsDespiteALoss() {
    var run = Run()
    _ = run.receive(2)
    run.confirm(2)
    run.pass(.milliseconds(500))
    _ = run.receive(4)
    run.pass(.milliseconds(10))
    #expect(run.naks.last == [3...3])
    run.stream.cover(Progress(next: 3))
    _ = run.receive(3)
    #expect(run.stream.progress == Progress(next: 5))
    #expect(!run.stream.isLost)
  }

  @Test func declaresUnavailableUpdatesLostAtOnce() {
    var run = Run()
    run.confirm(7)
    run.stream.unavailable(until: 3)
    #expect(!run.stream.isLost, "no NAK was sent yet")
    run.pass(.milliseconds(10))
    run.stream.unavailable(until: 3)
    #expect(run.stream.isLost)
    #expect(run.stream.unrecovered == 3)
    run.pass(.milliseconds(50))
    #expect(run.naks.last == [4...7])
  }

  @Test func declaresALastingGapLostWhileOthersAreFilled() {
    var run = Run()
    var sequence: UInt64 = 2
    for _ in 0..<60 {
      _ = run.receive(sequence + 1)
      run.confirm(sequence + 1)
      run.pass(.milliseconds(45))
      _ = run.receive(sequence)
      sequence += 2
    }
    #expect(run.stream.isLost)
    #expect(run.stream.unrecovered == 1)
  }

  @Test func declaresMoreThan1024MissingUpdatesLost() {
    var run = Run()
    run.confirm(UpdateStream.maxMissing)
    #expect(!run.stream.isLost)
    run.confirm(UpdateStream.maxMissing + 1)
    #expect(run.stream.isLost)
  }

  /// A.5: a node that has received nothing of a peer lacks the peer's table, too.
  @Test func declaresEverythingBeforeTheFirstContactLost() {
    var run = Run(next: 0, last: 41)
    #expect(run.stream.isLost)
    run.confirm(41)
    run.pass(.seconds(1))
    #expect(run.naks.isEmpty, "the table cannot be retransmitted")
    _ = run.receive(42, 44)
    #expect(run.stream.progress == Progress(next: 0, beyond: 45))
    run.pass(.milliseconds(10))
    #expect(run.naks == [[43...43]])
    run.stream.cover(Progress(next: 42))
    #expect(run.stream.progress == Progress(next: 43, beyond: 2))
    #expect(!run.stream.isLost)
  }

  @Test func requestsUpdatesBetweenAnOldTableAndTheBase() {
    var run = Run(next: 0, last: 41)
    _ = run.receive(42)
    run.stream.cover(Progress(next: 40))
    run.confirm(42)
    run.pass(.milliseconds(10))
    #expect(run.naks == [[40...41]])
  }

  @Test func storesASteadyStreamDuringAPullAsOneRange() {
    var run = Run(next: 0, last: 41)
    for sequence in UInt64(42)...50_000 {
      _ = run.receive(sequence)
      if sequence % 1000 == 0 { run.confirm(sequence) }
    }
    run.stream.cover(Progress(next: 42))
    #expect(run.stream.progress == Progress(next: 50_001))
  }

  /// A.13: a forged sequence number has an effect for one second.
  @Test func anAbsurdSequenceNumberEndsWithTheNextHello() {
    var run = Run()
    _ = run.receive(1)
    run.confirm(1)
    run.raise(1 << 60)
    let isNews = run.receive(1 << 60)
    #expect(isNews == [false], "too far ahead of the last hello")
    #expect(run.stream.isComplete)
    run.raise(3000)
    #expect(!run.stream.isComplete)
    run.pass(.seconds(1))
    #expect(!run.stream.isLost, "no hello has confirmed it")
    run.confirm(1)
    #expect(run.stream.isComplete)
    #expect(run.stream.deadline == nil)
  }

  @Test func anAbsurdHelloEndsWithTheNextOne() {
    var run = Run()
    run.confirm(1 << 60)
    #expect(run.stream.isLost)
    run.confirm(0)
    #expect(run.stream.isComplete)
    #expect(!run.stream.isLost)
    _ = run.receive(1, 3)
    run.pass(.milliseconds(10))
    #expect(run.naks.last == [2...2], "later gaps are requested")
  }

  /// A forged update must not make its alleged sender conclude that a copy of it is running.
  @Test func advertisesOnlyConfirmedUpdates() {
    var run = Run()
    _ = run.receive(1)
    run.confirm(1)
    _ = run.receive(2, 9)
    #expect(run.stream.advertised == Progress(next: 2))
    #expect(run.stream.progress == Progress(next: 3, beyond: 7))
    run.pass(.seconds(1))
    run.confirm(1)
    #expect(run.stream.progress == Progress(next: 2), "they were never sent")
    let real = run.receive(2)
    #expect(real == [true])
  }

  @Test func aReorderedHelloRetractsNothing() {
    var run = Run()
    _ = run.receive(1, 2)
    run.confirm(1)
    #expect(run.stream.progress == Progress(next: 3))
  }
}
