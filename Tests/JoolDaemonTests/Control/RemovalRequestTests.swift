import JoolCore
import Testing

@testable import JoolDaemon

@Suite struct RemovalRequestTests {
  private static func entry(_ number: UInt16, _ proto: L4Protocol) -> BIBEntry {
    BIBEntry(
      proto: proto, source6: TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | 8), number),
      source4: TransportAddress(IPv4Address(bits: 0xC000_0201), number), isStatic: false)
  }

  @Test func isALinePerMapping() throws {
    let request = RemovalRequest([Self.entry(40001, .tcp), Self.entry(7, .icmp)])
    #expect(
      request.text == "remove\nTCP 2001:db8::8#40001 192.0.2.1#40001\nICMP 2001:db8::8#7 192.0.2.1#7")
    #expect(RemovalRequest(text: request.text) == request)
  }

  @Test func theLargestFits() {
    let longest = BIBEntry(
      proto: .icmp, source6: TransportAddress(IPv6Address(bits: .max), .max),
      source4: TransportAddress(IPv4Address(bits: .max), .max), isStatic: false)
    let request = RemovalRequest(Array(repeating: longest, count: RemovalRequest.maxEntries))
    #expect(request.text.utf8.count <= ControlProtocol.limit)
    #expect(RemovalRequest(text: request.text) == request)
    #expect(RemovalRequest(text: request.text + "\nTCP ::1#1 1.1.1.1#1") == nil)
  }

  @Test(
    arguments: [
      "", "remove", "remove\n", "status", "advertise\nTCP 2001:db8::8#1 192.0.2.1#1", "remove\nTCP 2001:db8::8#1",
      "remove\nSCTP 2001:db8::8#1 192.0.2.1#1", "remove\nTCP 192.0.2.1#1 2001:db8::8#1",
      "remove\nTCP 2001:db8::8 192.0.2.1#1", "remove\nTCP 2001:db8::8#1 192.0.2.1#70000",
      "remove\nTCP 2001:db8::8#1 192.0.2.1#1 x",
    ])
  func refusesOtherTexts(text: String) { #expect(RemovalRequest(text: text) == nil) }
}
