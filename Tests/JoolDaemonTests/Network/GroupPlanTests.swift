import JoolCore
import SystemPackage
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// From what the user wrote and the machine's interfaces to where a socket joins and sends.
@Suite struct GroupPlanTests {
  private static func plan(
    _ group: String, in incoming: String? = nil, out outgoing: String? = nil, port: UInt16 = 6464, ttl: UInt32 = 1,
    view: InterfaceView = NetworkSamples.view()
  ) throws(ProxyError) -> GroupPlan {
    let network = ProxyConfiguration.Network(
      group: group, port: "\(port)", incomingInterface: incoming, outgoingInterface: outgoing, ttl: ttl)
    var watch = InterfaceMonitor()
    guard let names = GroupNames(network, address: NetworkSamples.address(group, port: port)) else {
      throw .configuration("no address")
    }
    return try names.verifiedPlan(in: view, &watch)
  }

  struct Works {
    var group: String
    var incoming: String?
    var outgoing: String?
    var joins: UInt32
    /// `nil`: as the routes say.
    var sends: UInt32?
    var scope: UInt32 = 0
    var source: String?
  }

  static let works = [
    Works(group: "ff08::1", incoming: "eth2", outgoing: "eth0", joins: 3, sends: 2),
    Works(group: "ff08::1", joins: 2),
    Works(group: "ff08::1", incoming: "eth2", joins: 3, sends: 3),
    Works(group: "ff08::1", outgoing: "eth2", joins: 3, sends: 3),
    Works(group: "ff08::1%eth2", joins: 3, sends: 3),
    Works(group: "ff08::1%3", joins: 3, sends: 3),
    Works(group: "ff08::1", incoming: "sync", joins: 3, sends: 3),
    Works(group: "ff08::1", incoming: "2001:db8:ff08::4", joins: 3, sends: 3),
    Works(group: "ff08::1", incoming: "fe80::1%eth2", joins: 3, sends: 3),
    Works(group: "ff08::1", incoming: "fe80::4", joins: 3, sends: 3),
    Works(group: "ff08::1", incoming: "cable", joins: 7, sends: 7),
    Works(group: "ff02::1", incoming: "eth2", joins: 3, sends: 3, scope: 3),
    Works(group: "ff02::1", outgoing: "eth2", joins: 3, sends: 3, scope: 3),
    Works(group: "ff12::1%eth2", joins: 3, sends: 3, scope: 3),
    Works(group: "ff02::1%3", incoming: "eth2", outgoing: "2001:db8:ff08::4", joins: 3, sends: 3, scope: 3),
    Works(group: "239.64.64.64", incoming: "lo", joins: 1, sends: 1),
    Works(group: "239.64.64.64", incoming: "eth2", outgoing: "eth0", joins: 3, sends: 2),
    Works(group: "239.64.64.64", incoming: "203.0.113.4", joins: 3, sends: 3, source: "203.0.113.4"),
    Works(group: "239.64.64.64%eth2", joins: 3, sends: 3),
    Works(group: "239.64.64.64", incoming: "eth2:1", joins: 3, sends: 3),
    Works(group: "239.64.64.64", incoming: "cable", joins: 7, sends: 7),
  ]

  @Test(arguments: works.indices) func findsTheInterfaces(index: Int) throws {
    let expected = Self.works[index]
    let plan = try Self.plan(expected.group, in: expected.incoming, out: expected.outgoing)
    #expect(plan.incoming?.interface.index == expected.joins)
    #expect(plan.outgoing?.interface.index == expected.sends)
    #expect(plan.group.scope == expected.scope)
    #expect(plan.incoming?.source == expected.source.flatMap { IPv4Address($0) })
  }

  struct Refused {
    var group: String
    var incoming: String?
    var outgoing: String?
    var port: UInt16 = 6464
    var ttl: UInt32 = 1
    var error: ProxyError
  }

  private static func fault(_ setting: NetworkFault.Setting, _ value: String, _ reason: NetworkFault.Reason)
    -> ProxyError
  {
    .network(NetworkFault(setting, value, reason))
  }

  private static let missing = Errno.operationNotSupportedByDevice

  static let refused = [
    Refused(group: "ff08::1", port: 0, error: fault(.groupPort, "0", .noPort)),
    Refused(group: "ff02::1", error: fault(.group, "ff02::1", .linkLocalWithoutInterface)),
    Refused(group: "ff12::1", error: fault(.group, "ff12::1", .linkLocalWithoutInterface)),
    Refused(group: "ff01::1", error: fault(.group, "ff01::1", .staysOnTheMachine)),
    Refused(group: "ff11::1%eth2", error: fault(.group, "ff11::1%eth2", .staysOnTheMachine)),
    Refused(group: "ff08::1%lo", error: fault(.group, "ff08::1%lo", .noMulticast(interface: "lo"))),
    Refused(group: "ff10::1%eth2", error: fault(.group, "ff10::1%eth2", .reservedScope)),
    Refused(group: "ff02::1%eth9", error: fault(.group, "ff02::1%eth9", .noInterface("eth9"))),
    Refused(group: "ff02::1%9", error: fault(.group, "ff02::1%9", .noInterface("9"))),
    Refused(group: "ff02::1%", error: fault(.group, "ff02::1%", .noInterface(""))),
    Refused(
      group: "ff02::1%eth2", incoming: "eth0",
      error: fault(.incoming, "eth0", .contradicts(.group, "ff02::1%eth2"))),
    Refused(
      group: "ff08::1%eth2", outgoing: "eth0",
      error: fault(.outgoing, "eth0", .contradicts(.group, "ff08::1%eth2"))),
    Refused(
      group: "ff02::1", incoming: "eth2", outgoing: "eth0",
      error: fault(.outgoing, "eth0", .contradicts(.incoming, "eth2"))),
    Refused(group: "ff08::1", incoming: "eth9", error: .badInterface(role: "incoming", name: "eth9", missing)),
    Refused(
      group: "ff08::1", incoming: "eth2", outgoing: "eth9",
      error: .badInterface(role: "outgoing", name: "eth9", missing)),
    Refused(group: "ff08::1", incoming: "3", error: .badInterface(role: "incoming", name: "3", missing)),
    Refused(
      group: "ff08::1", incoming: "eth2:6464", error: .badInterface(role: "incoming", name: "eth2:6464", missing)),
    Refused(group: "239.1.1.1", incoming: "eth9", error: .badInterfaceAddress("eth9")),
    Refused(
      group: "239.1.1.1", incoming: "203.0.113.99", error: fault(.incoming, "203.0.113.99", .notOwn(interface: nil))),
    Refused(
      group: "ff08::1", outgoing: "2001:db8::99", error: fault(.outgoing, "2001:db8::99", .notOwn(interface: nil))),
    Refused(
      group: "ff08::1", incoming: "fe80::4%eth0", error: fault(.incoming, "fe80::4%eth0", .notOwn(interface: "eth0"))),
    Refused(group: "ff08::1", incoming: "fe80::1", error: fault(.incoming, "fe80::1", .ambiguous(["eth0", "eth2"]))),
    Refused(
      group: "ff08::1", incoming: "203.0.113.4", error: fault(.incoming, "203.0.113.4", .otherFamily(isIPv6: true))),
    Refused(group: "239.1.1.1", outgoing: "fe80::4", error: fault(.outgoing, "fe80::4", .otherFamily(isIPv6: false))),
    Refused(group: "ff08::1", incoming: "wg0", error: fault(.incoming, "wg0", .noMulticast(interface: "wg0"))),
    Refused(group: "ff08::1", outgoing: "wg0", error: fault(.outgoing, "wg0", .noMulticast(interface: "wg0"))),
    Refused(group: "ff08::1%wg0", error: fault(.group, "ff08::1%wg0", .noMulticast(interface: "wg0"))),
    Refused(
      group: "ff08::1", incoming: "eth2", outgoing: "eth4",
      error: fault(.outgoing, "eth4", .noAddress(interface: "eth4", isIPv6: true))),
    Refused(
      group: "239.1.1.1", incoming: "eth6",
      error: fault(.incoming, "eth6", .noAddress(interface: "eth6", isIPv6: false))),
    Refused(group: "192.0.2.4", error: fault(.group, "192.0.2.4", .notMulticast)),
    Refused(group: "::1", error: fault(.group, "::1", .notMulticast)),
    Refused(group: "192.0.2.77", error: .bindFailed(address: "192.0.2.77", port: "6464", .addressNotAvailable)),
    Refused(group: "fe80::77", error: .bindFailed(address: "fe80::77", port: "6464", .addressNotAvailable)),
    Refused(group: "239.1.1.1", incoming: "eth2", ttl: 0, error: fault(.timeToLive, "0", .staysOnTheMachine)),
  ]

  @Test(arguments: refused.indices) func refusesWhatCanNeverWork(index: Int) {
    let expected = Self.refused[index]
    #expect(throws: expected.error) {
      try Self.plan(
        expected.group, in: expected.incoming, out: expected.outgoing, port: expected.port, ttl: expected.ttl)
    }
    #expect(!"\(expected.error)".isEmpty)
    #expect(expected.error.hint?.isEmpty == false)
  }

  @Test func letsTheKernelSayThatNoRouteLeadsToTheGroup() throws {
    #expect(try Self.plan("239.1.1.1", view: NetworkSamples.view(route: 0)).incoming == nil)
  }

  @Test func aLinkWithoutACarrierMayGetItsAddressLater() throws {
    #expect(try Self.plan("ff02::1%cable").incoming?.interface.name == "cable")
  }
}
