import Glibc
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests that `file handle` rebuilds the same instance from the output of `file save`.
@Suite struct FileSaveTests {
  @Test func savesANAT64ThatFileHandleRebuilds() throws {
    let bench = TestBench()
    bench.run("jool -i main instance add --iptables -6 64:ff9b::/96")
    for line in [
      "pool4 add --tcp 192.0.2.1 1000-1999",
      "pool4 add --tcp 192.0.2.2 1-3 --mark 4294967295 --max-iterations infinity",
      "pool4 add --udp 192.0.2.3 5000 --max-iterations 77", "pool4 add --icmp 192.0.2.1 0-65535",
      "bib add 2001:db8::1#10 192.0.2.1#1010", "bib add --icmp 2001:db8::2#0 192.0.2.1#0",
      "global update udp-timeout 3:00.5", "global update mtu-plateaus 9000,1500", "global update f-args 3",
      "global update ss-enabled yes",
    ] { #expect(bench.run("jool -i main \(line)") == Outcome(), "\(line)") }
    bench.kernel.instances[0].bib.append(
      BIBEntry(
        proto: .udp, source6: try #require(TransportAddress6("2001:db8::3#1")),
        source4: try #require(TransportAddress4("192.0.2.3#5000")), isStatic: false))
    try check(bench, "jool", "-i main")
    #expect(bench.run("jool -i main bib display --udp --csv --no-headers").output.isEmpty)
  }

  @Test func savesASIITThatFileHandleRebuilds() throws {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    for line in [
      "eamt add 2001:db8:1::/120 192.0.2.0/24", "eamt add 2001:db8:2::5 198.51.100.5", "denylist4 add 203.0.113.0/24",
      "global update pool6 2001:db8:64::/96", "global update eam-hairpin-mode simple",
      "global update rfc6791v4-prefix 192.0.2.0/28",
    ] { #expect(bench.run("jool_siit \(line)") == Outcome(), "\(line)") }
    try check(bench, "jool_siit", "-i default")
  }

  @Test func omitsUnsetPrefixes() {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    #expect(!bench.run("jool_siit file save").output.contains("null"))
  }

  @Test func warnsIfTheFrameworkIsAmbiguous() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.kernel.instances.append(FakeInstance(type: .nat64, framework: .iptables, pool6: nil))
    #expect(bench.run("jool file save").error.hasPrefix("Warning: Instances called 'default' exist in several"))
  }

  /// Saves the instance, empties the module, handles the saved file, and compares the new instance with the old one.
  private func check(_ bench: TestBench, _ program: String, _ option: String) throws {
    let before = bench.kernel.instances[0]
    let saved = bench.run("\(program) \(option) file save")
    #expect(saved.status == 0)
    let path = "/tmp/jool-save-\(getpid())-\(program).json"
    let file = try #require(fopen(path, "w"))
    fputs(saved.output, file)
    fclose(file)
    defer { remove(path) }
    #expect(bench.run([program, "file", "check", path]).status == 0)
    bench.kernel.instances = []
    #expect(bench.run([program, "file", "handle", path]) == Outcome())
    let after = try #require(bench.kernel.instances.first)
    #expect(after.name == before.name && after.framework == before.framework)
    #expect(after.globals == before.globals)
    for proto in L4Protocol.allCases {
      #expect(
        after.pool4.entries(of: proto).map(\.withoutDefaults) == before.pool4.entries(of: proto).map(\.withoutDefaults))
    }
    #expect(after.bib == before.bib.filter(\.isStatic))
    #expect(Set(after.eamt) == Set(before.eamt) && after.denylist4 == before.denylist4)
  }
}

extension Pool4Entry {
  /// The entry with the same flags for a limit that was always automatic and for one that became automatic.
  fileprivate var withoutDefaults: Pool4Entry {
    var copy = self
    if iterations.flags.contains(.automatic) { copy.iterations = .automatic }
    return copy
  }
}

extension TransportAddress {
  fileprivate init?(_ text: String) {
    let parts = text.split(separator: "#")
    guard parts.count == 2, let address = Address(String(parts[0])), let port = UInt16(parts[1]) else { return nil }
    self.init(address, port)
  }
}
