import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the checks of ports that this machine uses itself.
@Suite struct PortCheckTests {
  /// From a Debian 12: sshd on 0.0.0.0:22 and [::]:22, a service on 192.0.2.1:62001, a connection from port 62002, and
  /// a service on 127.0.0.1:62003.
  private static let tcp = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17094 1 0 100 0 0 10 0
       1: 010200C0:F231 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17095 1 0 100 0 0 10 0
       2: 010200C0:F232 080200C0:0050 01 00000000:00000000 00:00000000 00000000     0        0 17096 1 0 20 4 30 10 -1
       3: 0100007F:F233 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17097 1 0 100 0 0 10 0
    """
  private static let udp6 = """
      sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when
       0: 00000000000000000000000000000000:F234 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000
       1: B80D012000000000000000004000000A:F235 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000
       2: 0000000000000000FFFF0000010200C0:F236 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000
       3: 00000000000000000000000000000000:9C40 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000
    """

  private static var machine: FakeMachine {
    var machine = FakeMachine()
    machine.routes = ["192.0.2.1": .local, "198.51.100.1": .other]
    return machine
  }

  private static let ephemeral = PortRange(32768, 60999)

  private static func ports(_ instance: InstanceFacts, _ machine: FakeMachine) -> LocalPorts {
    LocalPorts(instance, ephemeral: ephemeral, machine.reader)
  }

  private static func ephemeralFindings(_ ports: String..., machine: FakeMachine = machine) -> [HealthFinding] {
    let instance = InstanceFacts(pool4: ports.map { DoctorSamples.entry(.tcp, $0) })
    return EphemeralPortCheck(instance: instance, ports: Self.ports(instance, machine)).findings
  }

  @Test func isSilentAboutPortsOutsideTheEphemeralOnes() {
    #expect(Self.ephemeralFindings("61001-65535", "1024-32767") == [])
  }

  @Test func reservesTheSharedPortsBesideThoseThatAreReserved() {
    var machine = Self.machine
    machine.files["/proc/sys/net/ipv4/ip_local_reserved_ports"] = "8080,50000-50009\n"
    let findings = Self.ephemeralFindings("40000-40099", "50000-50009", machine: machine)
    #expect(findings.map(\.check) == ["ephemeral-ports"])
    #expect(
      findings.first?.commands == ["sysctl -w net.ipv4.ip_local_reserved_ports=8080,40000-40099,50000-50009"])
  }

  @Test func isSilentAboutReservedPorts() {
    var machine = Self.machine
    machine.files["/proc/sys/net/ipv4/ip_local_reserved_ports"] = "40000-40099\n"
    #expect(Self.ephemeralFindings("40000-40099", machine: machine) == [])
  }

  @Test func takesPortsFromPool4IfTooFewWouldRemainForTheMachine() {
    #expect(
      Self.ephemeralFindings("1-65535").first?.commands == ["jool pool4 remove --tcp 192.0.2.1 32768-60999"])
    #expect(
      Self.ephemeralFindings("32768-60999").first?.commands == [
        "jool pool4 add --tcp 192.0.2.1 61001-65535", "jool pool4 remove --tcp 192.0.2.1 32768-60999",
      ])
  }

  @Test func ignoresAddressesThatThisMachineDoesNotHave() {
    let instance = InstanceFacts(pool4: [DoctorSamples.entry(.tcp, "1-65535", address: "198.51.100.1")])
    let ports = Self.ports(instance, Self.machine)
    #expect(EphemeralPortCheck(instance: instance, ports: ports).findings == [])
  }

  @Test func findsServicesOnPortsOfPool4() {
    var machine = Self.machine
    machine.files["/proc/net/tcp"] = Self.tcp
    machine.files["/proc/net/udp6"] = Self.udp6
    let instance = DoctorSamples.instance
    let findings = ListeningSocketCheck(instance: instance, ports: Self.ports(instance, machine)).findings
    #expect(findings.map(\.check) == ["listening-socket"])
    #expect(
      findings.first?.commands == [
        "jool pool4 remove --tcp 192.0.2.1 62001-62001", "jool pool4 remove --udp 192.0.2.1 62004-62004",
        "jool pool4 remove --udp 192.0.2.1 62006-62006",
      ])
  }

  @Test func ignoresQueriesOnEphemeralPorts() {
    var machine = Self.machine
    machine.files["/proc/net/udp6"] = Self.udp6
    let instance = InstanceFacts(pool4: [DoctorSamples.entry(.udp, "40000-40000")])
    #expect(ListeningSocketCheck(instance: instance, ports: Self.ports(instance, machine)).findings == [])
    machine.files["/proc/sys/net/ipv4/ip_local_reserved_ports"] = "40000\n"
    #expect(
      ListeningSocketCheck(instance: instance, ports: Self.ports(instance, machine)).checks == ["listening-socket"])
  }

  @Test func writesSetsOfPortsAsTheSysctlDoes() {
    #expect(PortSet(list: "1,3-5,65535").list == "1,3-5,65535")
    #expect(PortSet(list: "3-5,x,4-9").list == "3-9")
    #expect(PortSet([PortRange(9, 7)]).list == "7-9")
    #expect(PortSet().list == "")
  }
}
