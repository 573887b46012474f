import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Timeouts that differ within a group, and that change.
@Suite struct LimitsTests {
  private func kernel(udp seconds: UInt32) -> SessionProxy.Kernel {
    var kernel = Group.kernel
    kernel.limits.udp = Milliseconds(seconds * 1000)
    return kernel
  }

  /// Two nodes with these timeouts that have exchanged their settings.
  private func group(udp seconds: [UInt32]) -> Group {
    var group = Group()
    for index in 0...1 {
      group.proxies[index].attached(kernel(udp: seconds[index]), now: group.now)
      _ = group.audit(index, [])
      group.proxies[index].advertise(pool4: [], now: group.now)
    }
    group.pass(.seconds(3))
    return group
  }

  private func left(_ group: Group, at index: Int, of session: SessionEntry) -> UInt32 {
    group.proxies[index].node?.table.session(like: session, now: group.now)?.entry.expiration.rawValue ?? 0
  }

  @Test func sendsSessionsAgainAfterTimeoutsAreLowered() {
    var group = group(udp: [300, 300])
    let sessions = (0..<3000).map { SessionEntry.sample($0, expiration: 300_000) }
    group.announce(sessions, at: 0)
    group.pass(.seconds(1))
    #expect(left(group, at: 1, of: sessions[7]) > 370_000)
    group.proxies[0].attached(kernel(udp: 100), now: group.now)
    group.pass(.seconds(2))
    for session in sessions {
      #expect((100_000...125_000).contains(left(group, at: 0, of: session)))
      #expect((100_000...125_000).contains(left(group, at: 1, of: session)))
    }
    #expect(group.proxies[0].node?.table.rootDigest == group.proxies[1].node?.table.rootDigest)
  }

  /// A hello with the longer timeouts may arrive after the updates that depend on them, or not at all.
  @Test func acceptsLongerExpirationsBeforeTheHelloWithRaisedTimeouts() {
    var group = group(udp: [300, 300])
    let session = SessionEntry.sample(0, expiration: 600_000)
    group.proxies[0].attached(kernel(udp: 600), now: group.now)
    group.announce([session], at: 0)
    for _ in 0..<3 {
      group.pass(.seconds(1))
      for index in 0...1 { #expect(left(group, at: index, of: session) > 740_000, "node \(index)") }
    }
    let given = group.module(1).last?.expiration.rawValue ?? 0
    #expect((374_000...375_000).contains(given), "\(given)")
  }

  @Test func limitsExpirationsToTheTimeoutsOfTheModule() {
    var group = group(udp: [300, 120])
    let session = SessionEntry.sample(0, expiration: 300_000)
    group.announce([session], at: 0)
    group.pass(.seconds(1))
    #expect(left(group, at: 1, of: session) > 370_000, "the table keeps the received expiration")
    let given = group.module(1).last?.expiration.rawValue ?? 0
    #expect((148_000...150_000).contains(given), "\(given)")
    // After 200 s without a packet, the session has expired for this module.
    group.pass(.seconds(200))
    group.modules[1] = []
    group.proxies[1].requestRefill()
    _ = group.audit(1, [])
    group.pass(.seconds(1))
    #expect(group.module(1).isEmpty)
    #expect(left(group, at: 1, of: session) > 170_000)
  }

  @Test func keepsTheSlackOfAPeerWithShorterTimeouts() {
    var group = group(udp: [120, 300])
    group.announce([.sample(0, expiration: 120_000)], at: 0)
    group.pass(.seconds(1))
    let given = group.module(1).last?.expiration.rawValue ?? 0
    #expect((148_000...150_000).contains(given), "\(given)")
  }

  @Test func differentTimeoutsCauseNoRepairs() {
    var group = group(udp: [300, 120])
    let sessions = (0..<500).map { SessionEntry.sample($0, expiration: 300_000) }
    group.announce(sessions, at: 0)
    let given = group.now + .milliseconds(30)
    group.pass(.seconds(1))
    #expect(group.module(1).count == 500)
    for _ in 0..<37 {
      group.pass(.seconds(10))
      // The module holds shorter expirations than the table. This must not cause repairs.
      group.proxies[1].requestAudit(.precaution)
      let passed = Milliseconds(clamping: group.now - given).rawValue
      let held = group.module(1).filter { $0.expiration.rawValue > passed }.map { session in
        var session = session
        session.expiration = Milliseconds(session.expiration.rawValue - passed)
        return session
      }
      _ = group.audit(1, held)
    }
    #expect(group.module(1).count == 500, "no session is added twice")
    #expect(group.proxies.allSatisfy { $0.node?.counters.repairs == 0 })
    #expect(group.proxies[1].node?.counters.changesSent == 0)
  }

  /// A module removes after 24.8 days a session that may have 50 days left.
  @Test func addsSessionsAgainThatOutlastTheModulesLongestExpiration() throws {
    var group = Group()
    var kernel = Group.kernel
    kernel.limits.tcpEstablished = Milliseconds(40 * 86_400_000)
    for index in 0...1 {
      group.proxies[index].attached(kernel, now: group.now)
      _ = group.audit(index, [])
    }
    group.pass(.seconds(3))
    group.announce([.sample(proto: .tcp, expiration: 40 * 86_400_000)], at: 0)
    group.pass(.seconds(1))
    var given = try #require(group.module(1).last)
    #expect(given.expiration == Milliseconds(0x7FFF_FFFF))
    for _ in 0..<2 {
      let count = group.module(1).count
      group.now += .seconds(11 * 86_400)
      group.pass(.seconds(1))
      #expect(group.audit(1, [given]) == nil)
      group.now += .seconds(86_400)
      group.pass(.seconds(1))
      given.expiration = Milliseconds(0x7FFF_FFFF - 12 * 86_400_000 - 5000)
      #expect(group.audit(1, [given]) == .precaution)
      #expect(group.proxies[1].node?.state == .ready)
      #expect(group.module(1).count == count + 1)
      given = try #require(group.module(1).last)
      #expect(given.expiration == Milliseconds(0x7FFF_FFFF))
    }
  }

  @Test func capsExpirationsDespiteATimeoutOf40Days() {
    var limits = SessionLimits()
    limits.tcpEstablished = Milliseconds(40 * 86_400_000)
    let session = SessionEntry.sample(proto: .tcp, expiration: .max)
    let known = SessionTable.Session(entry: session, origin: 3)
    var terms = ModuleTerms(own: limits)
    #expect(terms.share(of: known)?.expiration == Milliseconds(0x7FFF_FFFF))
    terms.use(SessionLimits(), peers: [(3, limits)])
    #expect(terms.share(of: known)?.expiration == Milliseconds(9_000_000))
    var longest = limits
    longest.tcpEstablished = Milliseconds(.max)
    terms.use(SessionLimits(), peers: [(3, longest)])
    #expect(terms.share(of: known)?.expiration == Milliseconds(9_000_000))
    #expect(SessionLimits().longest(with: limits).tcpEstablished == limits.tcpEstablished)
  }
}
