import JoolDaemon
import SystemPackage
import Testing

@testable import JoolCommands
@testable import JoolCore
@testable import JoolSession

/// Tests of the whole command.
@Suite struct DoctorTests {
  private func bench(_ machine: FakeMachine = FakeMachine(), hasInstance: Bool = true) -> TestBench {
    let bench = TestBench()
    bench.machine = machine.reader
    if hasInstance { bench.run("jool instance add --netfilter --pool6 64:ff9b::/96") }
    return bench
  }

  /// A machine with an address, so that an empty pool4 is no fault.
  private static var machine: FakeMachine {
    var machine = FakeMachine()
    var interface = InterfaceSnapshot.now().interfaces[0]
    (interface.name, interface.isLoopback, interface.addresses) = ("eth1", false, [.v4(IPv4Address(bits: 0xC000_0204))])
    machine.interfaces = [interface]
    return machine
  }

  private static var faulty: FakeMachine {
    var machine = machine
    machine.files["/proc/sys/net/ipv4/conf/all/forwarding"] = "0\n"
    return machine
  }

  @Test func isSilentOnAHealthyMachine() { #expect(bench(Self.machine).run("jool doctor") == Outcome()) }

  @Test func printsAnEmptyArrayForAHealthyMachine() {
    #expect(bench(Self.machine).run("jool doctor --json") == Outcome(output: "[]\n"))
  }

  @Test func printsABlockForEachFinding() {
    let outcome = bench(Self.faulty).run("jool doctor")
    #expect(outcome.output.hasPrefix("IPv4 forwarding is off.\n  Consequence: Jool translates, but "))
    #expect(outcome.output.hasSuffix("\n  Remedy: sysctl -w net.ipv4.conf.all.forwarding=1\n"))
    #expect(outcome.error == "Error: 1 fault was found.\n")
    #expect(outcome.status == 1)
  }

  @Test func printsFindingsAsJSON() throws {
    let outcome = bench(Self.faulty).run("jool doctor --json")
    let finding = try #require(try json(outcome.output).array?.first)
    #expect(finding["check"]?.content == .string("ipv4-forwarding"))
    #expect(finding["instance"]?.content == .null)
    #expect(finding["commands"]?.array?.map(\.content) == [.string("sysctl -w net.ipv4.conf.all.forwarding=1")])
    #expect(finding["advice"]?.content == .null)
    #expect(outcome.status == 1)
  }

  @Test func namesTheMissingModuleWithoutAskingIt() {
    var machine = FakeMachine()
    machine.files["/proc/modules"] = ""
    let bench = bench(machine, hasInstance: false)
    #expect(bench.run("jool doctor").output.contains("Remedy: apt-get install linux-headers-6.1.0-28-amd64 jool-dkms"))
    #expect(bench.kernel.requests == [])
  }

  @Test func namesTheMissingInstance() {
    let bench = bench(hasInstance: false)
    #expect(
      bench.run("jool -i nat doctor").output.contains(
        "Remedy: jool -i 'nat' instance add --netfilter --pool6 64:ff9b::/96"))
    #expect(self.bench().run("jool -i nat doctor").output.contains("Advice: This network namespace has 'default'."))
    var machine = FakeMachine()
    machine.files["/etc/jool/jool.conf"] = "{}"
    bench.machine = machine.reader
    #expect(bench.run("jool doctor").output.contains("Remedy: jool file handle '/etc/jool/jool.conf'"))
    machine.files["/etc/jool/nat.conf"] = "{}"
    bench.machine = machine.reader
    #expect(bench.run("jool -i nat doctor").output.contains("Remedy: jool file handle '/etc/jool/nat.conf'"))
  }

  @Test func examinesEveryInstanceUnlessOneIsNamed() {
    let bench = bench(Self.machine)
    bench.run("jool -i other instance add --iptables --pool6 64:ff9b::/96")
    bench.run("jool -i other global update manually-enabled false")
    #expect(bench.run("jool doctor").output.contains("Remedy: jool -i 'other' global update manually-enabled true"))
    #expect(bench.run("jool -i default doctor").output == "")
  }

  @Test func saysThatOnlyRootMayAskTheModule() {
    let bench = bench(Self.machine)
    bench.kernel.isPrivileged = false
    let outcome = bench.run("jool doctor")
    #expect(outcome.output == "")
    #expect(outcome.error.hasPrefix("Note: Only root may ask the module"))
    #expect(outcome.status == 0)
    #expect(bench.run("jool doctor --json").error.hasPrefix(#"{"note": {"message": "Only root"#))
  }

  @Test func takesTheOptionsOfTheRunningProxyFromItsCommandLine() {
    var machine = Self.machine
    machine.controlHolder = .proxy(process: 42)
    machine.files["/proc/42/cmdline"] =
      "/usr/local/bin/jool\0-i\0default\0session\0proxy\0--net.key-file\0keys\0ff08::1\0"
    machine.files["/proc/42/status"] = "Name:\tjool\nUid:\t997\t997\t997\t997\nGid:\t996\t996\t996\t996\n"
    machine.keyFault = .keyFile(.cannotRead(file: "/proxy/keys", .permissionDenied))
    let bench = bench(machine)
    #expect(bench.run("jool doctor").output.contains("Remedy: chown '997:996' '/proxy/keys'"))
  }
}
