import Testing

@testable import JoolCommands
@testable import JoolCore

@Suite struct ModuleCheckTests {
  /// A machine on which nothing of Jool is loaded or installed.
  private static var bare: FakeMachine {
    var machine = FakeMachine()
    // From a Debian 12: a module whose name begins like Jool's is another one.
    machine.files["/proc/modules"] =
      "jool_siit 24576 0 - Live 0x0 (OE)\njool_common 229376 1 jool_siit, Live 0x0 (OE)\n"
    machine.files["/lib/modules/6.1.0-28-amd64/modules.dep"] = """
      kernel/net/ipv6/netfilter/nf_defrag_ipv6.ko:
      updates/dkms/jool_common.ko: kernel/net/ipv6/netfilter/nf_defrag_ipv6.ko kernel/net/ipv4/netfilter/nf_defrag_ipv4.ko

      """
    return machine
  }

  private static func findings(_ machine: FakeMachine) -> [HealthFinding] {
    ModuleCheck(.nat64, machine.reader).findings
  }

  @Test func isSilentAboutALoadedModule() { #expect(Self.findings(FakeMachine()) == []) }

  @Test func namesTheCommandThatLoadsAnInstalledModule() {
    var machine = Self.bare
    machine.files["/lib/modules/6.1.0-28-amd64/modules.dep"]? +=
      "updates/dkms/jool.ko.xz: updates/dkms/jool_common.ko\n"
    #expect(Self.findings(machine).map(\.check) == ["module-not-loaded"])
    #expect(Self.findings(machine).first?.commands == ["modprobe jool"])
  }

  @Test func namesTheModuleOfSIIT() {
    var machine = FakeMachine()
    machine.files["/lib/modules/6.1.0-28-amd64/modules.dep"] = "extra/jool_siit.ko.zst: extra/jool_common.ko.zst\n"
    #expect(ModuleCheck(.siit, machine.reader).findings.first?.commands == ["modprobe jool_siit"])
  }

  @Test func findsAModuleThatIsBuiltButNotIndexed() {
    var machine = Self.bare
    machine.folders["/lib/modules/6.1.0-28-amd64/updates/dkms"] = ["jool_common.ko", "jool.ko"]
    #expect(Self.findings(machine).map(\.check) == ["module-not-indexed"])
    #expect(Self.findings(machine).first?.commands == ["depmod", "modprobe jool"])
  }

  @Test func findsASourceThatIsNotBuiltForTheRunningKernel() {
    var machine = Self.bare
    machine.folders["/var/lib/dkms/jool"] = ["4.1.9", "4.1.13", "kernel-6.1.0-26-amd64-x86_64"]
    machine.folders["/lib/modules/6.1.0-28-amd64/build"] = ["Makefile"]
    #expect(Self.findings(machine).map(\.check) == ["module-not-built"])
    #expect(Self.findings(machine).first?.commands == ["dkms install jool/4.1.13 -k 6.1.0-28-amd64", "modprobe jool"])
  }

  @Test func namesTheMissingHeadersOfTheKernelFirst() {
    var machine = Self.bare
    machine.folders["/var/lib/dkms/jool"] = ["4.1.13"]
    #expect(Self.findings(machine).first?.commands.first == "apt-get install linux-headers-6.1.0-28-amd64")
  }

  @Test func saysHowToInstallAMissingModule() {
    #expect(Self.findings(Self.bare).map(\.check) == ["module-not-installed"])
    #expect(
      Self.findings(Self.bare).first?.commands
        == ["apt-get install linux-headers-6.1.0-28-amd64 jool-dkms", "modprobe jool"])
  }
}
