import JoolDaemon
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the checks of sysctls, interfaces and addresses.
@Suite struct NetworkCheckTests {
  private static let eth1 = interface("eth1", 3, addresses: ["192.0.2.4"])
  private static var machine: FakeMachine {
    var machine = FakeMachine()
    machine.interfaces = [interface("lo", 1, addresses: ["127.0.0.1"], isLoopback: true), eth1]
    machine.routes = ["192.0.2.1": .link(3)]
    return machine
  }

  private static func interface(
    _ name: String, _ index: UInt32, addresses: [String], isLoopback: Bool = false
  ) -> InterfaceSnapshot.Interface {
    var snapshot = InterfaceSnapshot.now().interfaces[0]
    (snapshot.name, snapshot.index, snapshot.isLoopback) = (name, index, isLoopback)
    (snapshot.isUp, snapshot.isRunning) = (true, true)
    (snapshot.resolvesNeighbours, snapshot.addresses) = (true, addresses.compactMap { AnyIPAddress($0) })
    return snapshot
  }

  @Test func findsEachSysctlOfForwarding() {
    #expect(ForwardingCheck(FakeMachine().reader).findings == [])
    #expect(ForwardingCheck(ipv4: false, ipv6: true).checks == ["ipv4-forwarding"])
    #expect(ForwardingCheck(ipv4: true, ipv6: false).checks == ["ipv6-forwarding"])
    #expect(
      ForwardingCheck(ipv4: false, ipv6: false).findings.flatMap(\.commands) == [
        "sysctl -w net.ipv4.conf.all.forwarding=1", "sysctl -w net.ipv6.conf.all.forwarding=1",
      ])
  }

  @Test func readsTheValueOfASysctl() {
    var machine = FakeMachine()
    machine.files["/proc/sys/net/ipv6/conf/all/forwarding"] = "0\n"
    #expect(ForwardingCheck(machine.reader).checks == ["ipv6-forwarding"])
    // Routers that accept router advertisements have 2.
    machine.files["/proc/sys/net/ipv6/conf/all/forwarding"] = "2\n"
    #expect(ForwardingCheck(machine.reader).findings == [])
  }

  @Test func reportsSysctlsThatCannotBeReadAsAGap() {
    var machine = FakeMachine()
    machine.files = [:]
    #expect(ForwardingCheck(machine.reader).findings == [])
    #expect(ForwardingCheck(machine.reader).gaps.count == 2)
  }

  @Test func findsOffloadsOnEachInterface() {
    var machine = Self.machine
    machine.features = ["eth1 rx-lro", "eth1 rx-gro-list", "lo rx-gro-list"]
    let findings = OffloadCheck(machine.reader).findings
    #expect(findings.map(\.check) == ["offload-lro", "offload-gro-list"])
    #expect(findings.flatMap(\.commands) == ["ethtool -K eth1 lro off", "ethtool -K eth1 rx-gro-list off"])
    machine.features = []
    #expect(OffloadCheck(machine.reader).findings == [])
  }

  @Test func findsAnAddressThatNobodyAnswersFor() {
    let check = Pool4AddressCheck(DoctorSamples.instance, mayBeElsewhere: false, Self.machine.reader)
    #expect(check.checks == ["pool4-address"])
    #expect(check.findings.first?.commands == ["ip address add 192.0.2.1/32 dev eth1"])
  }

  @Test func findsAnAddressOnAnInterfaceThatIsDown() {
    var machine = Self.machine
    machine.routes = ["192.0.2.1": .local]
    machine.interfaces[1].addresses.append(.v4(DoctorSamples.instance.pool4Addresses[0]))
    func check() -> Pool4AddressCheck {
      Pool4AddressCheck(DoctorSamples.instance, mayBeElsewhere: false, machine.reader)
    }
    #expect(check().findings == [])
    machine.interfaces[1].isUp = false
    #expect(check().checks == ["pool4-interface"])
    #expect(check().findings.first?.commands == ["ip link set eth1 up"])
    machine.interfaces[1].resolvesNeighbours = false
    #expect(check().findings == [], "a dummy may be down")
    machine.interfaces[1].resolvesNeighbours = true
    machine.interfaces.append(Self.interface("eth2", 4, addresses: ["192.0.2.1"]))
    #expect(check().findings == [])
  }

  @Test func findsThatNoInterfaceMayHaveIPv6() {
    var machine = Self.machine
    machine.interfaces.append(Self.interface("eth2", 4, addresses: []))
    machine.files["/proc/sys/net/ipv6/conf/eth1/disable_ipv6"] = "1\n"
    #expect(IPv6Check(machine.reader).findings == [])
    machine.files["/proc/sys/net/ipv6/conf/eth2/disable_ipv6"] = "1\n"
    #expect(IPv6Check(machine.reader).checks == ["ipv6-disabled"])
  }

  @Test(arguments: [SystemReader.Route.local, .other, .link(1), nil])
  func isSilentAboutAnAddressThatThisMachineHasOrThatIsRouted(route: SystemReader.Route?) {
    var machine = Self.machine
    machine.routes["192.0.2.1"] = route
    #expect(Pool4AddressCheck(DoctorSamples.instance, mayBeElsewhere: false, machine.reader).findings == [])
  }

  @Test func isSilentAboutALinkWithoutARP() {
    var machine = Self.machine
    machine.interfaces[1].resolvesNeighbours = false
    #expect(Pool4AddressCheck(DoctorSamples.instance, mayBeElsewhere: false, machine.reader).findings == [])
  }

  @Test func isSilentAboutTheAddressOfAStandby() {
    #expect(Pool4AddressCheck(DoctorSamples.instance, mayBeElsewhere: true, Self.machine.reader).findings == [])
  }

  @Test func findsAnEmptyPool4OnlyOnAMachineWithoutAddresses() {
    var instance = DoctorSamples.instance
    instance.pool4 = []
    var machine = Self.machine
    #expect(Pool4AddressCheck(instance, mayBeElsewhere: false, machine.reader).findings == [])
    machine.interfaces[1].addresses = AnyIPAddress("2001:db8::4").map { [$0] } ?? []
    #expect(Pool4AddressCheck(instance, mayBeElsewhere: false, machine.reader).checks == ["pool4-empty"])
  }

  @Test func findsProtocolsWithoutAddresses() {
    var instance = DoctorSamples.instance
    #expect(Pool4ProtocolCheck(instance: instance).findings == [])
    instance.pool4 = [DoctorSamples.entry(.tcp, "61001-65535"), DoctorSamples.entry(.tcp, "1000-2000", mark: 5)]
    let findings = Pool4ProtocolCheck(instance: instance).findings
    #expect(findings.map(\.check) == ["pool4-protocol", "pool4-protocol"])
    #expect(
      findings.first?.commands == [
        "jool pool4 add --udp 192.0.2.1 61001-65535", "jool pool4 add --udp --mark 5 192.0.2.1 1000-2000",
      ])
    #expect(findings.last?.commands.first == "jool pool4 add --icmp 192.0.2.1 0-65535")
    instance.pool4 = []
    #expect(Pool4ProtocolCheck(instance: instance).findings == [])
  }

  @Test func findsAnInstanceThatTranslatesNothing() {
    var instance = InstanceFacts(globals: [GlobalSetting(key: .manuallyEnabled, value: .boolean(false))])
    #expect(InstanceCheck(instance: instance).checks == ["instance-disabled"])
    instance = InstanceFacts(name: .init("it's") ?? .default, translator: .siit)
    #expect(InstanceCheck(instance: instance).checks == ["no-mapping"])
    #expect(
      InstanceCheck(instance: instance).findings.first?.commands
        == [#"jool_siit -i 'it'\''s' global update pool6 64:ff9b::/96"#])
    instance.hasMappings = true
    #expect(InstanceCheck(instance: instance).findings == [])
  }

  @Test func needsARightClockOnlyForTheLogOfMasks() {
    var instance = InstanceFacts()
    #expect(ClockCheck(instance: instance, isSynchronized: false).findings == [])
    instance.globals = [GlobalSetting(key: .loggingBIB, value: .boolean(true))]
    #expect(ClockCheck(instance: instance, isSynchronized: false).checks == ["clock"])
    #expect(ClockCheck(instance: instance, isSynchronized: true).findings == [])
  }
}
