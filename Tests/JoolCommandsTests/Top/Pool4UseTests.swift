import Testing

@testable import JoolCommands
@testable import JoolCore

/// The use of pool4: masks of bindings by address, protocol and mark.
@Suite struct Pool4UseTests {
  private static func entry(
    _ prefix: String, _ first: UInt16, _ last: UInt16, _ proto: L4Protocol = .tcp, mark: UInt32 = 0
  ) throws -> Pool4Entry {
    Pool4Entry(mark: mark, proto: proto, prefix: try #require(IPv4Prefix(prefix)), ports: PortRange(first, last))
  }

  private static func text(_ row: Pool4Use.Row) -> String {
    "\(row.prefix.address) \(row.proto) \(row.mark): \(row.inUse)/\(row.capacity)\(row.isNearlyFull ? "!" : "")"
  }

  @Test func countsMasksOfEachAddressProtocolAndMark() throws {
    var use = Pool4Use(
      try [
        Self.entry("192.0.2.1", 1, 10), Self.entry("192.0.2.1", 21, 30), Self.entry("192.0.2.1", 1, 10, mark: 5),
        Self.entry("192.0.2.1", 0, 9, .icmp), Self.entry("192.0.2.2", 0, 9),
      ])
    for port in [1, 2, 10, 11, 21] as [UInt16] {
      use.count(TransportAddress(try #require(IPv4Address("192.0.2.1")), port), .tcp)
    }
    use.count(TransportAddress(try #require(IPv4Address("192.0.2.1")), 0), .icmp)
    use.count(TransportAddress(try #require(IPv4Address("192.0.2.3")), 1), .tcp)
    #expect(
      use.sorted.map(Self.text) == [
        "192.0.2.1 TCP 5: 3/10", "192.0.2.1 TCP 0: 4/20", "192.0.2.1 ICMP 0: 1/10", "192.0.2.2 TCP 0: 0/9",
      ])
    // Port 11 is in no range, and the last address is in no entry.
    #expect(use.outside == 2)
  }

  @Test func warnsAbove80Percent() throws {
    var use = Pool4Use([try Self.entry("192.0.2.1", 1, 10)])
    let address = try #require(IPv4Address("192.0.2.1"))
    for port in 1...8 as ClosedRange<UInt16> { use.count(TransportAddress(address, port), .tcp) }
    #expect(use.sorted.map(Self.text) == ["192.0.2.1 TCP 0: 8/10"])
    use.count(TransportAddress(address, 9), .tcp)
    #expect(use.sorted.map(Self.text) == ["192.0.2.1 TCP 0: 9/10!"])
  }

  /// Ranges that overlap, an inverted range, and a prefix, which a mirror may have.
  @Test func takesEntriesAsTheyAre() throws {
    var use = Pool4Use(
      try [
        Self.entry("192.0.2.0/24", 10, 1), Self.entry("192.0.2.0/24", 5, 20), Self.entry("0.0.0.0/0", 0, 65535, .udp),
      ])
    use.count(TransportAddress(try #require(IPv4Address("192.0.2.77")), 15), .tcp)
    use.count(TransportAddress(try #require(IPv4Address("10.0.0.1")), 15), .udp)
    #expect(
      use.sorted.map(Self.text) == [
        "192.0.2.0 TCP 0: 1/\(256 * 20)", "0.0.0.0 UDP 0: 1/\(65535 << 32)",
      ])
  }
}
