import Testing

@testable import JoolCore

@Suite struct TransportRangeTests {
  @Test(
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"), ("192.0.2.0/24", "192.0.2.0/24"),
      ("192.0.2.1#61001", "192.0.2.1#61001"), ("192.0.2.0/24#80-443", "192.0.2.0/24#80-443"),
      ("192.0.2.1#443-80", "192.0.2.1#80-443"), ("0.0.0.0/0#0-65535", "0.0.0.0/0"),
    ])
  func readsAndWritesIPv4(text: String, form: String) throws {
    let range = try #require(TransportRange<IPv4Address>(text))
    #expect(range.description == form)
    #expect(TransportRange<IPv4Address>(form) == range)
  }

  @Test(arguments: ["2001:db8::8", "2001:db8::/32", "2001:db8::8#40001", "64:ff9b::/96#1-9"])
  func readsAndWritesIPv6(text: String) {
    #expect(TransportRange<IPv6Address>(text)?.description == text)
  }

  @Test(
    arguments: [
      "", "#", "192.0.2", "192.0.2.1#", "192.0.2.1#x", "192.0.2.1#65536", "192.0.2.1#1-", "192.0.2.1#1-2-3",
      "192.0.2.1/33", "192.0.2.1/", "192.0.2.1:80", "2001:db8::8", "192.0.2.1#-1", " 192.0.2.1",
    ])
  func refusesOtherTexts(text: String) { #expect(TransportRange<IPv4Address>(text) == nil) }

  @Test func knowsItsMembers() throws {
    let range = try #require(TransportRange<IPv4Address>("192.0.2.129/25#10-20"))
    func contains(_ text: String) -> Bool? { TransportAddress4(text).map(range.contains) }
    for text in ["192.0.2.128#10", "192.0.2.255#20"] { #expect(contains(text) == true, "\(text)") }
    for text in ["192.0.2.127#10", "192.0.3.0#20", "192.0.2.128#9", "192.0.2.128#21"] {
      #expect(contains(text) == false, "\(text)")
    }
    #expect(!range.isSingle)
    #expect(try #require(TransportRange<IPv4Address>("192.0.2.1#5")).isSingle)
  }

  /// `nil` stands for the end of the range.
  @Test(
    arguments: [
      ("192.0.2.0/30#10-20", "0.0.0.0#0", "192.0.2.0#10"),
      ("192.0.2.0/30#10-20", "192.0.2.0#5", "192.0.2.0#10"),
      ("192.0.2.0/30#10-20", "192.0.2.0#15", "192.0.2.0#15"),
      ("192.0.2.0/30#10-20", "192.0.2.0#21", "192.0.2.1#10"),
      ("192.0.2.0/30#10-20", "192.0.2.3#20", "192.0.2.3#20"),
      ("192.0.2.0/30#10-20", "192.0.2.3#21", nil),
      ("192.0.2.0/30#10-20", "192.0.2.4#0", nil),
      ("0.0.0.0/0", "255.255.255.255#65535", "255.255.255.255#65535"),
      ("0.0.0.0/0#7", "255.255.255.255#8", nil),
      ("255.255.255.255#65535", "0.0.0.0#0", "255.255.255.255#65535"),
    ] as [(String, String, String?)])
  func findsTheFirstMemberFromAPosition(range: String, position: String, first: String?) throws {
    let range = try #require(TransportRange<IPv4Address>(range))
    let position = try #require(TransportAddress4(position))
    #expect(range.first(from: position)?.description == first)
  }

  @Test func knowsTheAddressBefore() {
    #expect(TransportAddress4("192.0.2.1#5")?.predecessor?.description == "192.0.2.1#4")
    #expect(TransportAddress4("192.0.2.1#0")?.predecessor?.description == "192.0.2.0#65535")
    #expect(TransportAddress4("0.0.0.0#0").map(\.predecessor) == .some(nil))
  }
}
