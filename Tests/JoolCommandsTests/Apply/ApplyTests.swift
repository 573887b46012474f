import Glibc
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of `apply` on a fake module.
@Suite struct ApplyTests {
  @Test func changesOnlyWhatDiffers() throws {
    let files = try Files(Self.nat64, Self.otherNAT64)
    let bench = TestBench()
    #expect(bench.run("jool file handle \(files.first)") == Outcome())
    let outcome = bench.run("jool apply \(files.second)")
    #expect(
      outcome.output == """
        - bib {"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#1080"}
        - global {"f-args": 3}
        + global {"f-args": 11}
        - global {"udp-timeout": "0:06:00"}
        + global {"udp-timeout": "0:07:00"}
        - pool4 {"protocol": "TCP", "prefix": "192.0.2.1/32", "port range": "1501-2000", "mark": 0}
        + pool4 {"protocol": "TCP", "prefix": "192.0.2.2/32", "port range": "1000-2000", "mark": 0}
        - pool4 {"protocol": "TCP", "mark": 0, "max-iterations": 7}
        + pool4 {"protocol": "TCP", "mark": 0, "max-iterations": "infinity"}
        - pool4 {"protocol": "UDP", "prefix": "192.0.2.1/32", "port range": "5-9", "mark": 3}
        + pool4 {"protocol": "ICMP", "prefix": "192.0.2.1/32", "port range": "0-65535", "mark": 0}
        + bib {"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.2#1080"}

        """)
    #expect(outcome.status == 2 && outcome.error == "")
    try check(bench, "jool", files.second)
  }

  @Test func changesTheTablesOfASIIT() throws {
    let files = try Files(Self.siit, Self.otherSIIT)
    let bench = TestBench()
    #expect(bench.run("jool_siit file handle \(files.first)") == Outcome())
    let outcome = bench.run("jool_siit apply --json \(files.second)")
    #expect(
      outcome.output == """
        {
          "instance": "default",
          "method": "update",
          "dry_run": false,
          "changes": [
            {"part": "global", "removed": {"pool6": "64:ff9b::/96"}, "added": {"pool6": null}, "made": true},
            {"part": "eamt", "removed": {"ipv6 prefix": "2001:db8:2::1/128", "ipv4 prefix": "203.0.113.1/32"}, \
        "added": null, "made": true},
            {"part": "eamt", "removed": {"ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "192.0.2.0/24"}, \
        "added": null, "made": true},
            {"part": "eamt", "removed": null, \
        "added": {"ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "198.51.100.0/24"}, "made": true},
            {"part": "denylist4", "removed": "203.0.113.0/24", "added": null, "made": true},
            {"part": "denylist4", "removed": null, "added": "198.51.100.7/32", "made": true},
            {"part": "denylist4", "removed": null, "added": "198.51.100.7/32", "made": true}
          ]
        }

        """)
    #expect(outcome.status == 2 && outcome.error == "")
    try check(bench, "jool_siit", files.second)
    #expect(
      bench.run("jool_siit apply --json \(files.second)").output == """
        {
          "instance": "default",
          "method": "update",
          "dry_run": false,
          "changes": []
        }

        """)
  }

  @Test func sendsOnlyVariablesIfNothingElseDiffers() throws {
    let files = try Files(Self.nat64, Self.nat64.replacing("6:00", with: "8:00").replacing(#""f-args": 3, "#, with: ""))
    let bench = TestBench()
    bench.run("jool file handle \(files.first)")
    var count = bench.kernel.requests.count
    #expect(bench.run("jool apply \(files.second)").status == 2)
    #expect(bench.kernel.requests[count...].filter(\.changesAnything) == [.globalUpdate])
    try check(bench, "jool", files.second)
    // The real module refuses `global update` while the BIB has an entry outside pool4.
    let outside = try #require(IPv4Address("198.51.100.1"))
    bench.kernel.instances[0].bib.append(
      BIBEntry(
        proto: .tcp, source6: TransportAddress(IPv6Address(bits: 7), 7), source4: TransportAddress(outside, 7),
        isStatic: false))
    count = bench.kernel.requests.count
    #expect(bench.run("jool apply \(files.first)").status == 2)
    #expect(Set(bench.kernel.requests[count...].filter(\.changesAnything)) == [.fileHandle])
    try check(bench, "jool", files.first)
  }

  @Test func changesNothingInADryRun() throws {
    let files = try Files(Self.nat64, Self.otherNAT64)
    let bench = TestBench()
    bench.run("jool file handle \(files.first)")
    let before = bench.run("jool file save")
    let dry = bench.run("jool apply --dry-run \(files.second)")
    #expect(dry.status == 2 && bench.run("jool file save") == before)
    #expect(bench.run("jool apply \(files.second)").output == dry.output)
    #expect(bench.run("jool apply --dry-run \(files.second)") == Outcome())
  }

  @Test func createsAMissingInstance() throws {
    let files = try Files(Self.siit)
    let bench = TestBench()
    let dry = bench.run("jool_siit apply --dry-run \(files.first)")
    #expect(bench.kernel.instances.isEmpty)
    let outcome = bench.run("jool_siit apply \(files.first)")
    #expect(outcome == dry)
    #expect(outcome.status == 2)
    #expect(outcome.output.hasPrefix("+ framework \"netfilter\"\n+ global {\"pool6\": \"64:ff9b::/96\"}\n+ eamt {"))
    try check(bench, "jool_siit", files.first)
  }

  @Test(arguments: [
    (#""pool6": "64:ff9b::/96""#, #""pool6": "2001:db8:64::/96""#), (#""netfilter""#, #""iptables""#),
  ]) func recreatesOnlyIfAsked(old: String, new: String) throws {
    let files = try Files(Self.nat64, Self.nat64.replacing(old, with: new))
    let bench = TestBench()
    bench.run("jool file handle \(files.first)")
    let before = bench.run("jool file save")
    let refused = bench.run("jool apply \(files.second)")
    #expect(refused.status == 1 && refused.output.contains(new))
    #expect(refused.error.hasPrefix("Error: Only a new instance can have another framework"))
    #expect(bench.run("jool file save") == before)
    #expect(bench.run("jool apply --dry-run --recreate \(files.second)").status == 2)
    #expect(bench.run("jool file save") == before)
    #expect(bench.run("jool apply --recreate \(files.second)") == Outcome(output: refused.output, status: 2))
    try check(bench, "jool", files.second)
  }

  @Test func refusesAWrongFileBeforeTheFirstChange() throws {
    let wrong = Self.otherNAT64.replacing("192.0.2.2#1080", with: "192.0.2.99#1080")
    let files = try Files(Self.nat64, wrong, "{", Self.otherNAT64)
    let bench = TestBench()
    bench.run("jool file handle \(files.first)")
    let before = bench.run("jool file save")
    let outcome = bench.run("jool apply \(files.second)")
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(outcome.error.hasPrefix("Error: TCP address '192.0.2.99#1080' is not in pool4."))
    for words in ["apply", "apply \(files.paths[2])", "apply /no/such/file.json", "-i other apply \(files.paths[3])"] {
      #expect(bench.run("jool \(words)").status == 1, "\(words)")
    }
    #expect(bench.run("jool file save") == before)
    bench.kernel.loaded = []
    #expect(bench.run("jool apply \(files.paths[3])").status == 1)
  }

  @Test func removesADynamicBindingThatContradictsTheFile() throws {
    let files = try Files(Self.nat64, Self.otherNAT64)
    let bench = TestBench()
    bench.run("jool file handle \(files.first)")
    bench.run("jool bib add --tcp 2001:db8::9#9 192.0.2.1#1009")
    bench.run("jool pool4 add --tcp 192.0.2.2 1080")
    bench.run("jool bib add --tcp 2001:db8::7#7 192.0.2.2#1080")
    bench.kernel.instances[0].bib = bench.kernel.instances[0].bib.map { entry in
      var copy = entry
      copy.isStatic = "\(entry.source6.address)" == "2001:db8::1"
      return copy
    }
    let outcome = bench.run("jool apply \(files.second)")
    #expect(outcome.status == 2 && outcome.error == "")
    #expect(
      outcome.output.contains(
        #"""
        - bib {"protocol": "TCP", "ipv6 address": "2001:db8::7#7", "ipv4 address": "192.0.2.2#1080"} (dynamic)

        """#))
    #expect(!outcome.output.contains("2001:db8::9"))
    try check(bench, "jool", files.second)
  }

  /// Whether the instance is that of the file: a second run finds nothing to do, and `file handle` creates the same.
  private func check(_ bench: TestBench, _ program: String, _ file: String) throws {
    let saved = bench.run("\(program) file save").output
    let count = bench.kernel.requests.count
    #expect(bench.run("\(program) apply \(file)") == Outcome())
    #expect(bench.kernel.requests[count...].allSatisfy { !$0.changesAnything })
    let fresh = TestBench()
    #expect(fresh.run("\(program) file handle \(file)").status == 0)
    #expect(fresh.run("\(program) file save").output.sortedLines == saved.sortedLines)
  }

  static let nat64 = """
    {"instance": "default", "framework": "netfilter",
     "global": {"pool6": "64:ff9b::/96", "f-args": 3, "udp-timeout": "6:00"},
     "pool4": [
       {"protocol": "TCP", "prefix": "192.0.2.1", "port range": "1000-2000", "max-iterations": 7},
       {"protocol": "UDP", "prefix": "192.0.2.1", "port range": "5-9", "mark": 3}],
     "bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.1#1080"}]}
    """
  static let otherNAT64 = """
    {"instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96", "udp-timeout": "7:00"},
     "pool4": [
       {"protocol": "TCP", "prefix": "192.0.2.1", "port range": "1500-1000", "max-iterations": 9},
       {"protocol": "TCP", "prefix": "192.0.2.2", "port range": "1000-2000", "max-iterations": "infinity"},
       {"protocol": "ICMP", "prefix": "192.0.2.1", "port range": "0-65535"}],
     "bib": [{"protocol": "TCP", "ipv6 address": "2001:db8::1#80", "ipv4 address": "192.0.2.2#1080"}]}
    """
  static let siit = """
    {"instance": "default", "framework": "netfilter", "global": {"pool6": "64:ff9b::/96"},
     "eamt": [{"ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "192.0.2.0/24"},
              {"ipv6 prefix": "2001:db8:2::1", "ipv4 prefix": "203.0.113.1"}],
     "denylist4": ["203.0.113.0/24"]}
    """
  static let otherSIIT = """
    {"instance": "default", "framework": "netfilter",
     "eamt": [{"ipv6 prefix": "2001:db8:1::/120", "ipv4 prefix": "198.51.100.0/24"}],
     "denylist4": ["198.51.100.7", "198.51.100.7"]}
    """
}

extension String {
  fileprivate var sortedLines: [Substring] {
    split(separator: "\n").map { $0.hasSuffix(",") ? $0.dropLast() : $0 }.sorted()
  }
}

extension JoolOperation {
  /// Whether a request of this kind may change an instance.
  var changesAnything: Bool {
    switch self {
    case .instanceForEach, .instanceHello, .statisticsForEach, .globalForEach, .eamtForEach, .denylist4ForEach,
      .pool4ForEach, .bibForEach, .sessionForEach, .addressQuery46, .addressQuery64:
      false
    default: true
    }
  }
}

/// Files in /tmp, which are removed with this object.
final class Files {
  let paths: [String]

  init(_ texts: String...) throws {
    paths = try texts.map { text in
      var template = Array("/tmp/jool-test-XXXXXX.json".utf8CString)
      let descriptor = mkstemps(&template, 5)
      let file = try #require(fdopen(descriptor, "w"))
      fputs(text, file)
      fclose(file)
      return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  deinit { paths.forEach { remove($0) } }

  var first: String { paths[0] }
  var second: String { paths[1] }
}
