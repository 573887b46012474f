import Glibc
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

  @Test func looksUpAddressesInParallel() {
    let resolver = NameResolver { _ in
      usleep(50_000)
      return .none
    }
    let start = ContinuousClock.now
    resolver.prepare(Self.addresses(64))
    #expect(ContinuousClock.now - start < .seconds(2))  // 3.2 s if done one after the other
  }

  @Test func stopsLookingUpAfterATimeout() {
    let resolver = NameResolver(patience: .milliseconds(50)) { _ in
      sleep(1)
      return .name("late")
    }
    let start = ContinuousClock.now
    for page in 0..<100 { resolver.prepare(Self.addresses(UInt32(page + 1) * 10)) }
    #expect(ContinuousClock.now - start < .milliseconds(900))
    #expect(resolver.result(for: Self.addresses(1)[0]) == .unanswered)
  }

  @Test func keepsAnswersFromBeforeATimeout() {
    let resolver = NameResolver(patience: .milliseconds(100)) { address in
      if address == Self.addresses(2)[1] { sleep(1) }
      return .name("quick")
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
}
