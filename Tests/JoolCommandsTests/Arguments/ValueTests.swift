import JoolCore
import Testing

@testable import JoolCommands

@Suite struct ValueTests {
  @Test func acceptsOnlyDigitsInIntegers() throws {
    #expect(try UInt8(argument: "255") == 255)
    #expect(try UInt32(argument: "010") == 10)
    for text in ["", "7x", "0x10", "+5", "-1", " 7", "12.5", "１"] {
      #expect(throws: ArgumentError.notUnsignedInteger(text)) { try UInt32(argument: text) }
    }
  }

  @Test func distinguishesOutOfBoundsFromTooLong() {
    #expect(throws: ArgumentError.outOfBounds("256", least: "0", greatest: "255")) { try UInt8(argument: "256") }
    #expect(throws: ArgumentError.integerTooLong("18446744073709551616")) {
      try UInt8(argument: "18446744073709551616")
    }
  }

  @Test func readsBooleansInAnyCase() throws {
    for text in ["true", "TRUE", "1", "Yes", "oN"] { #expect(try Bool(argument: text)) }
    for text in ["false", "0", "NO", "off"] { #expect(try !Bool(argument: text)) }
    #expect(throws: ArgumentError.notBoolean("tru")) { try Bool(argument: "tru") }
  }

  @Test(
    arguments: [
      ("120", 120_000), ("2:00", 120_000), ("1:02:03", 3_723_000), ("1:02:03.456", 3_723_456), ("0:99:99", 6_039_000),
      ("1.5", 1_500), (".5", 500), ("1.50000", 1_500), ("4294967.295", UInt32.max),
    ] as [(String, UInt32)])
  func readsTimeouts(text: String, milliseconds: UInt32) throws {
    #expect(try Timeouts.parse(text) == milliseconds)
  }

  @Test(arguments: [
    ("", ArgumentError.notTimeout("")), (" 300", .notTimeout(" 300")), ("1::", .notTimeout("1::")),
    (":300", .notTimeout(":300")), ("1:2:3:4", .notTimeout("1:2:3:4")), ("300.", .emptyMilliseconds("300.")),
    ("1.5x", .notTimeout("1.5x")), ("1.0001", .finerThanMilliseconds("1.0001")),
    ("4294967.296", .outOfBounds("4294967.296", least: "0", greatest: "4294967.295")),
    ("99999999999999999999", .integerTooLong("99999999999999999999")),
    ("18446744073709551615:00:00", .outOfBounds("18446744073709551615:00:00", least: "0", greatest: "4294967.295")),
  ])
  func refusesOtherTimeouts(text: String, error: ArgumentError) {
    #expect(throws: error) { try Timeouts.parse(text) }
  }

  @Test func omitsZeroMilliseconds() {
    #expect(Timeouts.text(milliseconds: 240_000) == "0:04:00")
    #expect(Timeouts.text(milliseconds: 7_198_232) == "1:59:58.232")
    #expect(Timeouts.text(milliseconds: 1_007) == "0:00:01.007")
    #expect(Timeouts.text(milliseconds: .max) == "1193:02:47.295")
  }

  @Test func readsPrefixes() throws {
    #expect(try IPv4Prefix(argument: "192.0.2.0/24").description == "192.0.2.0/24")
    #expect(try IPv6Prefix(argument: "64:ff9b::").description == "64:ff9b::/128")
    #expect(try IPv6Prefix.optional(argument: "null") == nil)
    #expect(throws: ArgumentError.notUnsignedInteger("96/3")) { try IPv6Prefix(argument: "64:ff9b::/96/3") }
    #expect(throws: ArgumentError.notUnsignedInteger("96x")) { try IPv6Prefix(argument: "64:ff9b::/96x") }
    #expect(throws: ArgumentError.notAddress("96", .ipv6)) { try IPv6Prefix(argument: "/96") }
    #expect(throws: ArgumentError.notAddress("/64:ff9b::", .ipv6)) { try IPv6Prefix(argument: "/64:ff9b::") }
    #expect(throws: ArgumentError.emptyPrefix(.ipv4)) { try IPv4Prefix(argument: "") }
    #expect(throws: ArgumentError.notAddress("", .ipv4)) { try IPv4Prefix(argument: "/") }
  }

  @Test func readsTransportAddresses() throws {
    #expect(try TransportAddress6(argument: "2001:db8::1#96").description == "2001:db8::1#96")
    #expect(throws: ArgumentError.noPort("192.0.2.1#", .ipv4)) { try TransportAddress4(argument: "192.0.2.1#") }
    #expect(throws: ArgumentError.notUnsignedInteger("1#2")) { try TransportAddress4(argument: "192.0.2.1#1#2") }
  }

  @Test func readsPortRanges() throws {
    #expect(try PortRange(argument: "5") == PortRange(5, 5))
    #expect(try PortRange(argument: "400-300") == PortRange(400, 300))
    #expect(throws: ArgumentError.notUnsignedInteger("100,200")) { try PortRange(argument: "100,200") }
    #expect(throws: ArgumentError.notUnsignedInteger("")) { try PortRange(argument: "100-") }
  }

  @Test func readsPlateausSeparatedByCommasOrBlanks() throws {
    #expect(try Plateaus.parse("6000, 5000 ,,4000,") == [6000, 5000, 4000])
    #expect(throws: ArgumentError.emptyPlateaus) { try Plateaus.parse(" , ") }
    #expect(throws: ArgumentError.tooManyPlateaus(limit: 64)) {
      try Plateaus.parse(String(repeating: "1,", count: 65))
    }
  }
}
