import Glibc
import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct EndingWatchTests {
  private static let signals = [SIGTERM, SIGINT, SIGHUP]

  @Test func aHandleEndsTheProxy() throws {
    let handle = try StopHandle()
    let watch = try EndingWatch(.handle(handle))
    #expect(try !isReadable(watch.descriptor, within: .zero))
    handle.stop()
    #expect(try isReadable(watch.descriptor))
    let request = watch.next()
    #expect(request == .end("The program that runs the proxy ends it."))
  }

  /// The signals belong to the program that embeds a proxy.
  @Test func withAHandleNoSignalIsBlocked() throws {
    let handle = try StopHandle()
    let blocked = try withUnblocked(Self.signals) {
      let watch = try EndingWatch(.handle(handle))
      let descriptor = watch.descriptor
      return (descriptor, blockedSignals(Self.signals))
    }
    #expect(blocked.1.isEmpty)
  }

  /// Signals to this thread, which blocks them, wait in its descriptor.
  @Test func signalsEndAndReloadTheProxy() throws {
    let requests = try withUnblocked(Self.signals) {
      let watch = try EndingWatch(.signals(reload: { () throws(ProxyError) in throw .configuration("") }))
      #expect(blockedSignals(Self.signals) == Self.signals)
      var requests = [watch.next()]
      for signal in [SIGHUP, SIGTERM, SIGINT] {
        pthread_kill(pthread_self(), signal)
        #expect(try isReadable(watch.descriptor))
        requests.append(watch.next())
      }
      return requests
    }
    let ends = [SIGTERM, SIGINT].map { EndingWatch.Request.end("Received signal \($0); the proxy ends.") }
    #expect(requests == [nil, .reload] + ends)
  }
}
