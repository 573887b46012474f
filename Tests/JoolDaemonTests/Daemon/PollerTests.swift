import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct PollerTests {
  @Test func waitsUntilTheDeadline() throws {
    let pair = try SocketPair()
    var poller = Poller()
    poller.watch(pair.near.rawValue)
    let deadline = Instant.now + .milliseconds(5)
    try poller.wait(until: deadline)
    #expect(Instant.now >= deadline, "a wait that ends too early would make the event loop spin")
    let hasInput = poller.hasInput(pair.near.rawValue)
    #expect(!hasInput)
    pair.keepOpen()
  }

  @Test func aDeadlineInThePastDoesNotBlock() throws {
    var poller = Poller()
    try poller.wait(until: .now - .seconds(1))
  }

  @Test func findsTheDescriptorThatHasInput() throws {
    let quiet = try SocketPair()
    let busy = try SocketPair()
    let far = busy.far.rawValue
    #expect(send(far, "x", 1, 0) == 1)
    var poller = Poller()
    poller.watch(quiet.near.rawValue)
    poller.watch(busy.near.rawValue)
    try poller.wait(until: nil)
    let found = [quiet.near.rawValue, busy.near.rawValue].map { poller.hasInput($0) }
    #expect(found == [false, true])
    quiet.keepOpen()
    busy.keepOpen()
  }

  /// Room for output alone is no reason to read.
  @Test func roomForOutputIsNoInput() throws {
    let pair = try SocketPair()
    var poller = Poller()
    poller.watch(pair.near.rawValue, forOutput: true)
    try poller.wait(until: nil)
    let hasInput = poller.hasInput(pair.near.rawValue)
    #expect(!hasInput)
    pair.keepOpen()
  }

  /// A client that hangs up must be noticed, or its descriptor would stay open.
  @Test func aHangUpCountsAsInput() throws {
    let pair = try SocketPair()
    let near = pair.near.rawValue
    let far = pair.far.rawValue
    #expect(shutdown(far, Int32(SHUT_RDWR)) == 0)
    var poller = Poller()
    poller.watch(near)
    try poller.wait(until: nil)
    #expect(poller.hasInput(near))
    pair.keepOpen()
  }
}
