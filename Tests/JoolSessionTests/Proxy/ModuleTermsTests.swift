import JoolCore
import Testing

@testable import JoolSession

/// The timeouts by which the module gets sessions.
@Suite struct ModuleTermsTests {
  private func limits(udp: UInt32 = 300_000, icmp: UInt32 = 60_000) -> SessionLimits {
    var limits = SessionLimits()
    (limits.udp, limits.icmp) = (Milliseconds(udp), Milliseconds(icmp))
    return limits
  }

  @Test func theGroupsTimeoutsAreTheLongestOnes() {
    var terms = ModuleTerms(own: limits())
    #expect(terms.group == limits())
    terms.use(limits(), peers: [(1, limits(udp: 400_000)), (2, limits(udp: 200_000, icmp: 90_000))])
    #expect(terms.group == limits(udp: 400_000, icmp: 90_000))
    terms.use(limits(udp: 500_000), peers: [(1, limits(udp: 400_000))])
    #expect(terms.group == limits(udp: 500_000), "the former peer 2 no longer counts")
    #expect(terms.own == limits(udp: 500_000))
  }
}
