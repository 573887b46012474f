import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The source's side of pulls.
@Suite struct TableSenderTests {
  private let start = Instant.now
  private let order: SessionOrder

  init() throws {
    var table = try #require(SessionTable(pool6: .wellKnown, now: start))
    for number in 0..<10_000 { _ = table.upsert(.sample(number, expiration: 1_000_000), now: start) }
    order = table.kernelOrder()
  }

  private func ask(
    _ sender: inout TableSender, by peer: UInt64 = 1, transfer: UInt32 = 1, next: UInt32 = 0, window: UInt32 = 256,
    missing: [UInt32] = [], after milliseconds: Int = 0
  ) -> Bool {
    var hasBegun = false
    sender.answer(
      SyncFrame.Pull(transfer: transfer, next: next, window: window, buckets: nil, missing: missing),
      from: Incarnation(peer), records: 10, now: start + .milliseconds(milliseconds)
    ) { _ in
      hasBegun = true
      return order
    }
    return hasBegun
  }

  private func frames(_ sender: inout TableSender) -> [UInt32] {
    var frames: [UInt32] = []
    while let frame = sender.next({ _ in true }) { frames.append(frame.frame) }
    return frames
  }

  @Test func startsWith16Frames() {
    var sender = TableSender()
    let hasBegun = ask(&sender)
    #expect(hasBegun)
    #expect(frames(&sender) == Array(0..<16))
    // Repeated requests show no progress, so they do not increase the window.
    for _ in 0..<20 { _ = ask(&sender) }
    #expect(frames(&sender) == [])
    var (next, windows) = (UInt32(0), [Int]())
    for _ in 0..<6 {
      next += 8
      _ = ask(&sender, next: next)
      windows.append(frames(&sender).count)
    }
    #expect(windows == [24, 40, 72, 136, 8, 8], "up to 256 frames in flight")
  }

  /// A dropped transfer does not begin again for a receiver with some frames, because its rows may be in other frames
  /// now.
  @Test func beginsOnlyForReceiversWithoutFrames() {
    var sender = TableSender()
    let hasBegunForSome = ask(&sender, missing: [0, 1, 2, 4])
    #expect(!hasBegunForSome)
    let hasBegunForNothing = ask(&sender, missing: Array(0..<16))
    #expect(hasBegunForNothing)
  }

  @Test func retransmitsMissingFrames() {
    var sender = TableSender()
    _ = ask(&sender)
    _ = frames(&sender)
    _ = ask(&sender, window: 16, missing: [3, 5, 15, 16, 900, .max])
    #expect(frames(&sender) == [3, 5, 15], "frames that were never sent are ignored")
    _ = ask(&sender, next: 10, window: 6, missing: [3, 12])
    #expect(frames(&sender) == [12])
  }

  @Test func sendsTheRowsOfTheFirstRequest() {
    var sender = TableSender()
    _ = ask(&sender)
    var rows: [SessionHandle] = []
    var (next, frames) = (UInt32(0), UInt32(0))
    while let frame = sender.next({ _ in true }) {
      rows += frame.rows
      next += 1
      frames = frame.frames
      #expect((frame.target, frame.transfer) == (Incarnation(1), 1))
      let hasBegun = ask(&sender, next: next)
      #expect(!hasBegun)
    }
    #expect(frames == 1000)
    #expect(rows == Array(order))
    let again = ask(&sender, after: 5000)
    #expect(!again, "a late copy of the first request does not begin it again")
  }

  @Test func anEmptyTransferHasOneFrame() {
    var sender = TableSender()
    let pull = SyncFrame.Pull(transfer: 1, next: 0, window: 16, buckets: BucketSet(), missing: [])
    sender.answer(pull, from: Incarnation(1), records: 10, now: start) { _ in SessionOrder(keys: []) }
    let frame = sender.next { _ in true }
    #expect(frame?.frames == 1)
    #expect(frame?.rows.isEmpty == true)
  }

  @Test func beginsOneTransferPerSecondAndPeer() {
    var sender = TableSender()
    let begun = [(1, 0), (2, 500), (3, 999), (4, 1000), (5, 1999), (6, 2000)].map {
      ask(&sender, transfer: UInt32($0.0), after: $0.1)
    }
    #expect(begun == [true, false, false, true, false, true])
    let other = ask(&sender, by: 2, after: 2001)
    #expect(other)
    let late = ask(&sender, transfer: 7, next: 5, after: 9000)
    #expect(!late, "the request continues an unknown transfer")
  }

  /// Otherwise five transfers would displace each other forever, and none would finish.
  @Test func theFifthTransferWaitsWhileFourMakeProgress() {
    var sender = TableSender()
    for peer in 1...4 as ClosedRange<UInt64> {
      let hasBegun = ask(&sender, by: peer)
      #expect(hasBegun)
    }
    let fifth = ask(&sender, by: 5, after: 1999)
    #expect(!fifth)
    _ = frames(&sender)
    // The second receiver is silent.
    for peer in [1, 3, 4] as [UInt64] { _ = ask(&sender, by: peer, next: 1, after: 1900) }
    let hasPlace = ask(&sender, by: 5, after: 2000)
    #expect(hasPlace)
    #expect(Set(sender.waiting.map(\.number)) == [1, 3, 4, 5])
    #expect(sender.isWaiting)
    let another = ask(&sender, by: 6, after: 2001)
    #expect(!another)
  }

  @Test func servesReceiversInTurn() {
    var sender = TableSender()
    for peer in 1...3 as ClosedRange<UInt64> { _ = ask(&sender, by: peer) }
    var turns: [UInt64] = []
    for _ in 0..<6 { if let frame = sender.next({ $0 != Incarnation(2) }) { turns.append(frame.target.number) } }
    #expect(turns == [1, 3, 1, 3, 1, 3], "the budget of receiver 2 is used up")
    sender.forget(Incarnation(1), now: start)
    #expect(Set(sender.waiting.map(\.number)) == [2, 3])
    sender.forget(now: start + .seconds(60))
    #expect(sender.waiting == [])
    #expect(!sender.isWaiting)
  }

  @Test func comparesFiveTimesASecondAtMost() {
    var sender = TableSender()
    let admitted = [0, 100, 199, 200, 399, 400].map {
      sender.admitsComparison(by: Incarnation(1), now: start + .milliseconds($0))
    }
    #expect(admitted == [true, false, false, true, false, true])
    let other = sender.admitsComparison(by: Incarnation(2), now: start + .milliseconds(401))
    #expect(other)
  }

  @Test func ignoresInvalidNumbersFromPeers() {
    var sender = TableSender()
    _ = ask(&sender, next: 0, window: .max, missing: [.max])
    _ = frames(&sender)
    _ = ask(&sender, next: 999, window: .max, missing: [0, .max])
    #expect(frames(&sender) == [], "frames that were not sent cannot have arrived")
    _ = ask(&sender, next: .max, window: .max)
    #expect(sender.waiting == [])
  }
}
