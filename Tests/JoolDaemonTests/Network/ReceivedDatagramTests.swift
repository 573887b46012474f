import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct ReceivedDatagramTests {
  /// A clock that was set back, or a kernel that does not say when, makes nothing old.
  @Test func waitsFromTheStampToTheReading() {
    #expect(ReceivedDatagram.waited(since: 5, until: 1_000_000_005) == .seconds(1))
    #expect(ReceivedDatagram.waited(since: 7, until: 6) == .zero)
    #expect(ReceivedDatagram.waited(since: 0, until: .max) == .zero)
    #expect(ReceivedDatagram.waited(since: .min, until: .max) == .zero)
    #expect(ReceivedDatagram.waited(since: 1, until: .max) == .nanoseconds(Int64.max - 1))
  }
}
