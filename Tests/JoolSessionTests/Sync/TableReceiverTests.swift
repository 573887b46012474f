import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The receiver's side of a pull.
@Suite struct TableReceiverTests {
  private let start = Instant.now
  private let source = Incarnation(7)
  private let ours = [UInt64](repeating: 5, count: 64)

  private func receiver(
    isComparing: Bool = false, isMuchSmaller: Bool = false, maxBuckets: Int = 4096, limit: UInt64 = .max
  ) -> TableReceiver {
    TableReceiver(
      source: source, purpose: .losses, mark: VersionVector(), transfer: 4000, isComparing: isComparing,
      isMuchSmaller: isMuchSmaller, maxBuckets: maxBuckets, limit: Version(rawValue: limit), now: start)
  }

  private func request(_ receiver: inout TableReceiver, after milliseconds: Int = 0) -> SyncFrame.Body? {
    receiver.nextRequest(groups: { ours }, now: start + .milliseconds(milliseconds))
  }

  private func pull(_ receiver: inout TableReceiver, after milliseconds: Int = 0) -> SyncFrame.Pull? {
    guard case .pull(let pull)? = request(&receiver, after: milliseconds) else { return nil }
    return pull
  }

  private func receive(
    _ frame: UInt32, of frames: UInt32, _ receiver: inout TableReceiver, after milliseconds: Int = 0
  ) -> Bool {
    receiver.receive(
      SyncFrame.Bulk(transfer: 4000, frame: frame, frames: frames, records: []), from: source,
      now: start + .milliseconds(milliseconds))
  }

  @Test func aStartingNodeRequestsEverything() {
    var receiver = receiver()
    #expect(pull(&receiver) == SyncFrame.Pull(transfer: 4000, next: 0, window: 16, buckets: nil, missing: []))
    let again = request(&receiver)
    #expect(again == nil)
    for frame in 0..<3 as Range<UInt32> {
      #expect(!receiver.isFinished)
      let isNew = receive(frame, of: 3, &receiver)
      #expect(isNew)
    }
    #expect(receiver.isFinished)
    #expect(receiver.isWhole)
    #expect(pull(&receiver)?.next == 3, "it lets the source forget the transfer")
    let nothing = request(&receiver, after: 10_000)
    #expect(nothing == nil)
  }

  @Test func fetchesOnlyTheBucketsThatDiffer() {
    var receiver = receiver(isComparing: true)
    #expect(request(&receiver) == .compare(first: 0, ours))
    receiver.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: 1 << 3), from: source, now: start)
    let early = request(&receiver)
    #expect(early == nil)
    var theirs = [UInt64](repeating: 1, count: 64)
    theirs[9] = 2
    receiver.receive(buckets: theirs, of: 3, from: source, ours: { _ in 1 }, now: start)
    let pull = pull(&receiver)
    #expect(pull?.buckets.map { buckets in (0..<4096).filter(buckets.contains) } == [3 * 64 + 9])
    // The set of buckets is repeated until the first frame arrives.
    #expect(self.pull(&receiver, after: 100)?.buckets == pull?.buckets)
    let isNew = receive(0, of: 20, &receiver, after: 110)
    #expect(isNew)
    #expect(self.pull(&receiver, after: 1000)?.buckets == nil)
  }

  @Test func equalTablesNeedNoTransfer() {
    var receiver = receiver(isComparing: true)
    _ = request(&receiver)
    receiver.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: 0), from: source, now: start)
    #expect(receiver.isFinished)
    #expect(receiver.isWhole)
    let nothing = request(&receiver, after: 10_000)
    #expect(nothing == nil)
  }

  @Test func aMuchSmallerTableIsNotCompared() {
    for (isMuchSmaller, groups, isEnough) in [(true, 33, true), (true, 32, false), (false, 64, false)] {
      var receiver = receiver(isComparing: true, isMuchSmaller: isMuchSmaller)
      _ = request(&receiver)
      let bitmap = UInt64.max >> UInt64(64 - groups)
      receiver.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: bitmap), from: source, now: start)
      let pull = pull(&receiver)
      #expect((pull != nil) == isEnough)
      #expect(pull?.buckets == nil)
    }
  }

  /// Without a loss a pull is limited to some buckets.
  ///
  /// The next one has another number and fetches others.
  @Test func aLimitedPullIsNotWhole() {
    var receiver = receiver(isComparing: true, maxBuckets: 10)
    _ = request(&receiver)
    receiver.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: 1 << 62 | 1), from: source, now: start)
    for group in [0, 62] {
      receiver.receive(
        buckets: .init(repeating: 1, count: 64), of: group, from: source, ours: { _ in 2 }, now: start)
    }
    let buckets = pull(&receiver)?.buckets
    #expect(buckets.map { set in (0..<4096).filter(set.contains) } == Array(4000..<4010))
    #expect(!receiver.isWhole)
  }

  /// A source may need more than two seconds for the first frame, which must still count.
  @Test func keepsTheTransferNumberForASlowSource() {
    var receiver = receiver()
    var sent: [Int] = []
    for millisecond in 0...10_000 {
      guard let pull = pull(&receiver, after: millisecond) else { continue }
      sent.append(millisecond)
      #expect(pull.transfer == 4000)
      #expect(pull.next == 0)
    }
    #expect(sent == [0, 100, 300, 700, 1500, 3100, 6300, 9500])
    #expect(!receiver.isForgotten(now: start + .seconds(10)), "the source has sent nothing, so it may still begin")
    let isNew = receive(0, of: 2, &receiver, after: 10_000)
    #expect(isNew)
    // After that, missing frames are requested sooner.
    #expect(pull(&receiver, after: 10_100)?.missing == [1])
    let last = receive(1, of: 2, &receiver, after: 10_200)
    #expect(last)
    #expect(receiver.isFinished)
  }

  @Test func detectsASilentSource() {
    var receiver = receiver()
    _ = request(&receiver)
    #expect(!receiver.isSilent(now: start + .milliseconds(1999)))
    #expect(receiver.isSilent(now: start + .seconds(2)))
    _ = receive(0, of: 100, &receiver, after: 1500)
    #expect(!receiver.isSilent(now: start + .milliseconds(3400)))
    #expect(receiver.isSilent(now: start + .milliseconds(3500)))
  }

  /// The source has dropped the transfer for another one and no longer answers this number, so the pull ends.
  @Test func endsATransferThatTheSourceForgot() {
    var receiver = receiver()
    _ = request(&receiver)
    _ = receive(0, of: 100, &receiver)
    var ended: Int?
    for millisecond in 0...20_000 where ended == nil {
      if receiver.isForgotten(now: start + .milliseconds(millisecond)) { ended = millisecond }
      _ = request(&receiver, after: millisecond)
    }
    #expect(ended == 6400)
  }

  @Test func ignoresFramesOfOtherSourcesAndTransfers() {
    var receiver = receiver()
    _ = request(&receiver)
    let bulk = SyncFrame.Bulk(transfer: 4000, frame: 0, frames: 1, records: [])
    var other = bulk
    other.transfer = 4001
    let byAnother = receiver.receive(bulk, from: Incarnation(8), now: start)
    let ofAnother = receiver.receive(other, from: source, now: start)
    #expect((byAnother, ofAnother) == (false, false))
    #expect(!receiver.isFinished)
    var comparing = self.receiver(isComparing: true)
    _ = request(&comparing)
    let early = comparing.receive(bulk, from: source, now: start)
    #expect(!early, "nothing was requested yet")
    comparing.receive(SyncFrame.Differences(first: 0, count: 64, bitmap: 0), from: Incarnation(8), now: start)
    #expect(!comparing.isFinished)
  }

  @Test func doesNotCountRecordsThatWereInFlight() {
    var receiver = receiver(limit: 1000)
    for version in [1, 999, 1000, 5000] as [UInt64] { receiver.countNews(Version(rawValue: version)) }
    #expect(receiver.brought == 2)
  }

  /// A sender and a receiver on a network that loses, duplicates and reorders.
  @Test(arguments: 0..<50) func completesTheTransferDespiteLosses(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var table = try #require(SessionTable(pool6: .wellKnown, now: start))
    let count = Int.random(in: 0...4000, using: &random)
    for number in 0..<count { _ = table.upsert(.sample(number, expiration: 1_000_000), now: start) }
    let loss = Double.random(in: 0...0.3, using: &random)
    var (receiver, sender) = (receiver(), TableSender())
    var (got, frames) = (Set<SessionHandle>(), 0)
    var network: [(due: Int, frame: TableSender.Frame)] = []
    var now = 0
    while !receiver.isFinished, now < 60_000 {
      if let pull = pull(&receiver, after: now), Double.random(in: 0..<1, using: &random) >= loss {
        sender.answer(
          pull, from: Incarnation(1), records: 31, now: start + .milliseconds(now), order: { _ in table.kernelOrder() })
      }
      while let frame = sender.next({ _ in true }) {
        frames += 1
        for _ in 0..<Int.random(in: 1...10, using: &random) / 10 + 1
        where Double.random(in: 0..<1, using: &random) >= loss {
          network.append((now + Int.random(in: 1...5, using: &random), frame))
        }
      }
      now += 1
      for (_, frame) in network.filter({ $0.due <= now }) {
        guard receive(frame.frame, of: frame.frames, &receiver, after: now) else { continue }
        let isNew = frame.rows.allSatisfy { got.insert($0).inserted }
        #expect(isNew, "each row is in one frame")
      }
      network.removeAll { $0.due <= now }
    }
    #expect(receiver.isFinished, "after \(now) ms")
    #expect(got.count == count)
    #expect(frames <= (count / 31 + 2) * 4, "\(frames) frames")
  }
}
