import Testing

@testable import JoolSession

/// The pass through the table after the module's timeouts have become shorter.
@Suite struct ReadvertisementTests {
  private let start = Instant.now

  @Test func passesTheTableInBatches() {
    var pass = Readvertisement()
    #expect(pass.next == nil)
    #expect(pass.dueRow(now: start) == nil)
    pass.start(now: start)
    #expect(pass.dueRow(now: start) == 0)
    pass.sent(continuingAt: 1024, now: start)
    #expect(pass.next == start + Readvertisement.pause)
    #expect(pass.dueRow(now: start) == nil, "the network is loaded no more than by a transfer")
    #expect(pass.dueRow(now: start + Readvertisement.pause) == 1024)
    pass.sent(continuingAt: nil, now: start + Readvertisement.pause)
    #expect(pass.next == nil)
  }

  @Test func beginsAgainWhenTimeoutsChangeMeanwhile() {
    var pass = Readvertisement()
    pass.start(now: start)
    pass.sent(continuingAt: 4096, now: start)
    pass.start(now: start)
    #expect(pass.dueRow(now: start) == 0)
  }
}
