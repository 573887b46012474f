import JoolCore
import Testing

/// Values as texts, in both directions.
@Suite struct TextFormTests {
  @Test(arguments: ["192.0.2.0/24", "0.0.0.0/0", "192.0.2.1/24", "192.0.2.1/32"])
  func readsAndWritesIPv4Prefixes(text: String) { #expect(IPv4Prefix(text)?.description == text) }

  @Test(arguments: ["64:ff9b::/96", "::/0", "2001:db8::1/128"])
  func readsAndWritesIPv6Prefixes(text: String) { #expect(IPv6Prefix(text)?.description == text) }

  @Test func readsAnAddressAsThePrefixThatContainsOnlyIt() {
    #expect(IPv4Prefix("192.0.2.1")?.length == 32)
    #expect(IPv6Prefix("2001:db8::1")?.length == 128)
  }

  @Test(arguments: [
    "", "/", "/24", "192.0.2.0/", "192.0.2.0/33", "192.0.2.0/+24", "192.0.2.0/24/1", "::/0", "192.0.2.0 /24",
  ])
  func refusesOtherIPv4Prefixes(text: String) { #expect(IPv4Prefix(text) == nil) }

  @Test(arguments: ["64:ff9b::/129", "64:ff9b::/256", "64:ff9b::/-1", "192.0.2.0/24", "fe80::1%eth0/64"])
  func refusesOtherIPv6Prefixes(text: String) { #expect(IPv6Prefix(text) == nil) }

  @Test func readsAndWritesTransportAddresses() {
    #expect(TransportAddress4("192.0.2.1#80")?.description == "192.0.2.1#80")
    #expect(TransportAddress6("2001:db8::8#65535")?.description == "2001:db8::8#65535")
  }

  @Test(arguments: [
    "", "192.0.2.1", "192.0.2.1#", "#80", "192.0.2.1#65536", "192.0.2.1#80#80", "192.0.2.1#-1", "::1#80",
  ])
  func refusesOtherTransportAddresses(text: String) { #expect(TransportAddress4(text) == nil) }

  @Test func readsAndWritesPortRanges() {
    #expect(PortRange("61001-65535")?.description == "61001-65535")
    #expect(PortRange("80") == PortRange(80, 80))
    #expect(PortRange("9-1") == PortRange(9, 1))
  }

  @Test(arguments: ["", "-", "1-", "-1", "1-2-3", "1-65536", "0x10", " 1", "1 - 2"])
  func refusesOtherPortRanges(text: String) { #expect(PortRange(text) == nil) }

  @Test(arguments: L4Protocol.allCases) func readsAndWritesProtocols(proto: L4Protocol) {
    #expect(L4Protocol(proto.description) == proto)
    #expect(L4Protocol(proto.description.lowercased()) == proto)
    #expect(L4Protocol("sctp") == nil)
  }

  @Test func readsAndWritesTranslatorTypes() {
    #expect(TranslatorType("nat64") == .nat64)
    #expect(TranslatorType("SIIT")?.description == "SIIT")
    #expect(TranslatorType("") == nil)
  }

  @Test func readsLimitsOfIterations() {
    #expect(MaxIterations("auto") == .automatic)
    #expect(MaxIterations("infinity") == .infinite)
    #expect(MaxIterations("4294967295") == .fixed(.max))
    #expect(MaxIterations("4294967296") == nil)
    #expect(MaxIterations("Auto") == nil)
  }

  @Test(arguments: ["0:00:00", "0:04:00", "1:59:58.232", "0:00:00.001", "1193:02:47.295"])
  func readsAndWritesTimes(text: String) { #expect(Milliseconds(text)?.description == text) }

  @Test(
    arguments: [
      ("300", 300_000), (".5", 500), ("1:30", 90_000), ("90:90", 5_490_000), ("1.25000", 1250),
      ("0000000000000001", 1000),
    ] as [(String, UInt32)])
  func readsShorterTimes(text: String, milliseconds: UInt32) {
    #expect(Milliseconds(text) == Milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", ".", ":", "1.", "1:", ":1", ":1.5", "1:1:1:1", "1.0001", "1.5x", "+1", "-1", " 1", "4294967.296",
    "1193:02:47.296",
    "99999999999999999999", "4294967295:4294967295:4294967295",
  ])
  func refusesOtherTimes(text: String) { #expect(Milliseconds(text) == nil) }

  /// Parts of larger texts need no copies.
  @Test func readsSubstrings() {
    let words = "64:ff9b::/96 192.0.2.1#80 192.0.2.1 tcp 1-2".split(separator: " ")
    #expect(IPv6Prefix(words[0])?.length == 96)
    #expect(TransportAddress4(words[1])?.port == 80)
    #expect(IPv4Address(words[2])?.bits == 0xC000_0201)
    #expect(L4Protocol(words[3]) == .tcp)
    #expect(PortRange(words[4]) == PortRange(1, 2))
  }
}
