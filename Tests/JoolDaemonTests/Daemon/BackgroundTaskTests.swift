import Glibc
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite(.serialized) struct BackgroundTaskTests {
  private func wait(for task: BackgroundTask<Int>, seconds: Int) throws -> Bool {
    var poller = Poller()
    poller.watch(task.descriptor)
    try poller.wait(until: .now + .seconds(seconds))
    return poller.hasInput(task.descriptor)
  }

  @Test func signalsTheDescriptorWhenTheResultIsAvailable() throws {
    let task = try #require(BackgroundTask<Int> { 7 })
    #expect(try wait(for: task, seconds: 10))
    #expect(task.result == 7)
  }

  /// A signal that ends the proxy must reach its event loop, not a thread that does not handle it.
  @Test func itsThreadBlocksSignals() throws {
    let task = try #require(BackgroundTask<Int> { blockedSignals([SIGTERM, SIGINT, SIGHUP]).count })
    #expect(try wait(for: task, seconds: 10))
    #expect(task.result == 3)
  }

  /// A resolver that does not answer must not block the event loop.
  @Test func doesNotBlockTheCaller() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (reader, writer) = (ends[0], ends[1])
    let tasks = (0..<8).map { number in
      BackgroundTask<Int> {
        var byte: UInt8 = 0
        _ = read(reader, &byte, 1)
        return number
      }
    }
    #expect(tasks.allSatisfy { $0 != nil })
    #expect(BackgroundTask<Int> { 8 } == nil, "A ninth thread was started.")
    let first = try #require(tasks[0])
    #expect(try !wait(for: first, seconds: 0))
    #expect(first.result == nil)
    close(writer)
    for (number, task) in tasks.enumerated() {
      let task = try #require(task)
      #expect(try wait(for: task, seconds: 10))
      #expect(task.result == number)
    }
    close(reader)
  }
}
