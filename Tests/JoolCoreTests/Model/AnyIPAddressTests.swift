import JoolCore
import Testing

@Suite struct AnyIPAddressTests {
  @Test func readsAndWritesBothVersions() throws {
    #expect(AnyIPAddress("192.0.2.1") == .v4(IPv4Address(bits: 0xC000_0201)))
    #expect(AnyIPAddress("2001:db8::1") == .v6(IPv6Address(bits: 0x2001_0db8 << 96 | 1)))
    for text in ["192.0.2.1", "::", "::ffff:192.0.2.1", "2001:db8::1"] {
      #expect(AnyIPAddress(text)?.description == text)
    }
  }

  @Test(arguments: ["", "1.2.3", "2001:db8::1%eth0", "example.com", "192.0.2.1\0"])
  func refusesOtherText(text: String) { #expect(AnyIPAddress(text) == nil) }
}
