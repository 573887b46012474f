import Dispatch
import JoolCore
import Synchronization
import Testing

@testable import JoolCommands

@Suite struct NameResolverTests {
  private static func addresses(_ count: UInt32) -> [AnyIPAddress] {
    (0..<count).map { .v4(IPv4Address(bits: 0xC000_0200 + $0)) }
  }

  @Test func looksUpEachAddressOnce() {
    let lookUps = LookUpCounter()
    let resolver = NameResolver { address in
      lookUps.count.withLock { $0 += 1 }
      return .name("host-\(address)")
    }
    let addresses = Self.addresses(100)
    resolver.prepare(addresses + addresses)
    resolver.prepare(addresses)
    #expect(lookUps.count.withLock { $0 } == 100)
    #expect(resolver.result(for: addresses[7]) == .name("host-192.0.2.7"))
  }

  /// Each look-up waits for the last one, so all must be under way at once.
  @Test func looksUpAddressesInParallel() {
    let meeting = Meeting(of: NameResolver.threadLimit)
    let resolver = NameResolver(patience: .seconds(20)) { _ in .name(meeting.isComplete() ? "met" : "alone") }
    let addresses = Self.addresses(UInt32(NameResolver.threadLimit))
    resolver.prepare(addresses)
    #expect(addresses.allSatisfy { resolver.result(for: $0) == .name("met") })
  }

  @Test func stopsLookingUpAfterATimeout() {
    let lookUps = LookUpCounter()
    let server = SilentServer()
    defer { server.end() }
    let resolver = NameResolver(patience: .milliseconds(1)) { _ in
      lookUps.count.withLock { $0 += 1 }
      return server.answer()
    }
    for page in 0..<100 { resolver.prepare(Self.addresses(UInt32(page + 1) * 10)) }
    #expect(lookUps.count.withLock { $0 } <= 10, "only the first page")
    #expect(resolver.result(for: Self.addresses(1)[0]) == .unanswered)
  }

  /// This waits for 0.1 s in fact, because the look-ups with an answer must be done before the patience ends.
  @Test func keepsAnswersFromBeforeATimeout() {
    let server = SilentServer()
    defer { server.end() }
    let resolver = NameResolver(patience: .milliseconds(100)) { address in
      address == Self.addresses(2)[1] ? server.answer() : .name("quick")
    }
    resolver.prepare(Self.addresses(10))
    #expect(resolver.result(for: Self.addresses(1)[0]) == .name("quick"))
    #expect(resolver.result(for: Self.addresses(2)[1]) == .unanswered)
  }

  @Test func reportsOnlyTheFirstFailuresSeparately() {
    let bench = TestBench()
    bench.names = { _ in .failed("no answer") }
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool pool4 add --tcp 192.0.2.1 1-100")
    for port in 1...20 { bench.run("jool bib add 2001:db8::\(port)#1 192.0.2.1#\(port)") }
    let lines = bench.run("jool bib display").error.split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines.last == "(12 more look-ups failed. Use --numeric to do without names.)")
  }

  private final class LookUpCounter: Sendable {
    let count = Mutex(0)
  }

  /// A server that answers nothing before the test ends.
  private final class SilentServer: Sendable {
    private let isOver = DispatchSemaphore(value: 0)

    func answer() -> HostLookup {
      isOver.wait()
      isOver.signal()
      return .name("late")
    }

    func end() { isOver.signal() }
  }

  /// A point at which threads wait for each other.
  private final class Meeting: Sendable {
    private let missing: Mutex<Int>
    private let everyone = DispatchSemaphore(value: 0)

    init(of size: Int) { missing = Mutex(size) }

    /// Whether all threads are here.
    ///
    /// Waits for up to 10 seconds for them.
    func isComplete() -> Bool {
      let isLast = missing.withLock {
        $0 -= 1
        return $0 == 0
      }
      guard isLast || everyone.wait(timeout: .now() + 10) == .success else { return false }
      everyone.signal()
      return true
    }
  }
}
