import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests with the text of `/proc/net/igmp6` and `/proc/net/igmp`.
@Suite struct GroupMembershipTests {
  private static let v6 = GroupMembership(
    """
    1    lo              ff020000000000000000000000000001     1 0000000C 0
    3    eth2            ff080000000000000db8006400000064     1 00000004 0
    3    eth2            ff020000000000000000000000000001     1 0000000C 0

    """, isIPv6: true)
  private static let v4 = GroupMembership(
    "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"
      + "1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n"
      + "3\teth2      :     2      V3\n\t\t\t\t4000FCE9     1 0:00000000\t\t0\n\t\t\t\t010000E0     1 0:00000000\t\t0\n",
    isIPv6: false)

  @Test func findsTheIPv6GroupsOfAnInterface() {
    #expect(Self.v6.contains(NetworkSamples.host("ff08::db8:64:0:64"), interface: 3))
    #expect(!Self.v6.contains(NetworkSamples.host("ff08::db8:64:0:64"), interface: 1))
    #expect(!Self.v6.contains(NetworkSamples.host("ff08::1"), interface: 3))
  }

  #if _endian(little)
    @Test func findsTheIPv4GroupsOfAnInterface() {
      #expect(Self.v4.contains(NetworkSamples.host("233.252.0.64"), interface: 3))
      #expect(!Self.v4.contains(NetworkSamples.host("233.252.0.64"), interface: 1))
      #expect(Self.v4.contains(NetworkSamples.host("224.0.0.1"), interface: 1))
    }
  #endif

  @Test func readsTheMembershipsOfThisMachine() throws {
    let now = try #require(GroupMembership.now(isIPv6: false))
    #expect(now.contains(NetworkSamples.host("224.0.0.1"), interface: 1), "loopback is not in all-hosts")
  }
}
