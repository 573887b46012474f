import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The way in which a program that embeds a proxy or a follower ends it.
@Suite struct StopHandleTests {
  @Test func endsAWaitOnAnotherThread() throws {
    let pair = try SocketPair()
    let descriptor = pair.near.rawValue
    let handle = try StopHandle()
    let waiting = OnThread { try? Optional(handle).waits(for: descriptor) }
    usleep(20_000)
    handle.stop()
    #expect(waiting.wait() == .some(false))
    pair.keepOpen()
  }

  @Test func inputEndsAWait() throws {
    let pair = try SocketPair()
    #expect(send(pair.far.rawValue, "x", 1, 0) == 1)
    let isStopped = try [StopHandle?.none, try StopHandle()].map { try !$0.waits(for: pair.near.rawValue) }
    #expect(isStopped == [false, false])
    pair.keepOpen()
  }

  /// A module that announces sessions without a pause must not keep the follower from ending.
  @Test func aStopPrecedesInputAndLasts() throws {
    let pair = try SocketPair()
    #expect(send(pair.far.rawValue, "x", 1, 0) == 1)
    let handle = try StopHandle()
    handle.stop()
    handle.stop()
    for _ in 0..<2 { #expect(try !Optional(handle).waits(for: pair.near.rawValue)) }
    pair.keepOpen()
  }
}
