import JoolCore
import TestSupport
import Testing

@Suite struct ModelTests {
  @Test(arguments: ["0.0.0.0", "192.0.2.1", "255.255.255.255"]) func readsAndWritesIPv4(text: String) {
    #expect(IPv4Address(text)?.description == text)
  }

  @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", " 1.2.3.4", "1.2.3.4\0", "::1"])
  func refusesInvalidIPv4(text: String) { #expect(IPv4Address(text) == nil) }

  @Test(arguments: ["::", "::1", "2001:db8::8", "64:ff9b::c000:208", "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1"])
  func readsAndWritesIPv6(text: String) { #expect(IPv6Address(text)?.description == text) }

  @Test(arguments: ["", ":", "2001:db8::8::", "2001:db8::8%eth0", "12345::", "192.0.2.1"])
  func refusesInvalidIPv6(text: String) { #expect(IPv6Address(text) == nil) }

  /// The table of RFC 6052 §2.4.
  @Test(arguments: [
    ("2001:db8::", 32, "2001:db8:c000:221::"), ("2001:db8:100::", 40, "2001:db8:1c0:2:21::"),
    ("2001:db8:122::", 48, "2001:db8:122:c000:2:2100::"), ("2001:db8:122:300::", 56, "2001:db8:122:3c0:0:221::"),
    ("2001:db8:122:344::", 64, "2001:db8:122:344:c0:2:2100::"),
    ("2001:db8:122:344::", 96, "2001:db8:122:344::c000:221"),
  ])
  func embedsIPv4AsInRFC6052(prefix: String, length: Int, expected: String) throws {
    let network = try #require(IPv6Address(prefix))
    let pool6 = try #require(IPv6Prefix(address: network, length: length))
    let address4 = try #require(IPv4Address("192.0.2.33"))
    let embedded = try #require(pool6.embedding(address4))
    #expect(embedded == IPv6Address(expected))
    #expect(pool6.extracting(from: embedded) == address4)
  }

  @Test func refusesPrefixesOfOtherLengths() throws {
    let prefix = try #require(IPv6Prefix(address: IPv6Address(bits: 0), length: 33))
    #expect(prefix.embedding(IPv4Address(bits: 1)) == nil)
    #expect(IPv6Prefix.wellKnown.extracting(from: try #require(IPv6Address("2001:db8::1"))) == nil)
  }

  @Test func numbersStatisticsByRelease() {
    func id(_ name: String, _ revision: UInt8) -> Int? {
      Statistic.names(of: ModuleVersion(4, 1, revision)).firstIndex(of: name).map { $0 + 1 }
    }
    // The numbers are from the modules: the positions in the output of `stats display` of each release.
    #expect([7, 8, 9, 12, 13].map { id("JSTAT_UNKNOWN", $0) } == [68, 70, 69, 84, 83])
    #expect([7, 8, 9, 12, 13].map { id("JSTAT64_SRC", $0) } == [40, 39, 39, 39, 39])
    #expect([7, 8, 9, 12, 13].map { id("JSTAT_ICMPEXT_BIG", $0) } == [67, 69, 68, 68, 68])
    #expect([7, 8, 9, 12, 13].map { id("JSTAT_JOOLD_SSS_ENOSPC", $0) } == [nil, nil, nil, 79, 78])
    #expect(id("JSTAT_FRAGMENTED_PING", 7) == 12)
    #expect(Statistic(id: 0, value: 1, names: ["JSTAT_RECEIVED6"]).name == nil)
    #expect(Statistic(id: 2, value: 1, names: ["JSTAT_RECEIVED6"]).name == nil)
  }

  @Test func numbersGlobalsWithoutGaps() {
    #expect(GlobalKey.all.map(\.number) == Array(1...32))
    #expect(GlobalKey.numbered(0) == nil)
    #expect(GlobalKey.numbered(33) == nil)
    #expect(GlobalKey.numbered(27)?.name == "ss-enabled")
  }

  @Test func findsGlobalsByTheirKeys() {
    let settings = [
      GlobalSetting(key: .ssEnabled, value: .boolean(true)),
      GlobalSetting(key: .udpTimeout, value: .timeout(Milliseconds(120_000))),
      GlobalSetting(key: .pool6, value: .prefix6(.wellKnown)),
      GlobalSetting(key: .ssCapacity, value: .unsigned(512)),
    ]
    #expect(settings[.udpTimeout] == .timeout(Milliseconds(120_000)))
    #expect(settings.boolean(.ssEnabled) == true)
    #expect(settings.timeout(.udpTimeout)?.description == "0:02:00")
    #expect(settings.prefix6(.pool6) == .wellKnown)
    #expect(settings.unsigned(.ssCapacity) == 512)
    #expect(settings[.tcpEstTimeout] == nil)
    #expect(settings.unsigned(.udpTimeout) == nil, "its value is a timeout")
    #expect(GlobalKey.named("udp-timeout") == .udpTimeout)
  }

  @Test func namesNoStatisticWithoutNames() {
    #expect(Statistic(id: 1, value: 1, names: []).name == nil)
    #expect(Statistic(id: .max, value: 1, names: []).name == nil)
  }

  @Test func choosesTheLayoutByRelease() {
    let formats = [5, 9, 10, 11, 12, 13, 15].map { RecordLayout(module: ModuleVersion(4, 1, $0)) }
    #expect(
      formats == [.nestedUnchecked, .nestedUnchecked, .nestedUnchecked, .nested, .packed48, .packed36, .packed36])
  }

  @Test func convertsDurationsOfAnyLength() {
    let attoseconds: Int64 = 999_000_000_000_000_000
    func milliseconds(_ seconds: Int64, _ attoseconds: Int64 = 0) -> UInt32 {
      Milliseconds(Duration(secondsComponent: seconds, attosecondsComponent: attoseconds)).rawValue
    }
    #expect(milliseconds(1, attoseconds) == 1999)
    #expect(milliseconds(-1) == 0)
    // The seconds alone fit into 64 bits of milliseconds, but not together with the fraction.
    #expect(milliseconds(Int64.max / 1000, attoseconds) == .max)
    #expect(milliseconds(Int64.min / 1000, -attoseconds) == 0)
    #expect(milliseconds(.max) == .max)
    #expect(milliseconds(.min) == 0)
  }

  @Test func readsVersions() {
    #expect(ModuleVersion("4.1.13.0") == ModuleVersion(4, 1, 13))
    #expect(ModuleVersion("4.1.13") == ModuleVersion(4, 1, 13))
    for text in ["", "4.1", "4.1.x", "4.1.256.0", "4.1.1.1.1", "-4.1.1.1"] { #expect(ModuleVersion(text) == nil) }
    #expect(!ModuleVersion(4, 1, 4).isSupported)
    #expect(!ModuleVersion(4, 2, 0).isSupported)
    #expect(ModuleVersion(4, 1, 99).isSupported)
  }

  @Test func acceptsTheInstanceNamesOfTheModule() {
    #expect(InstanceName("fifteen-letters")?.description == "fifteen-letters")
    #expect(InstanceName("sixteen-letters!") == nil)
    #expect(InstanceName("tab\t") == nil)
    #expect(InstanceName("é") == nil)
    #expect(InstanceName("")?.description == "")
  }
}
