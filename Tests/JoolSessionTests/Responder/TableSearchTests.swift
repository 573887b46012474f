import TestSupport
import Testing

@testable import JoolCore
@testable import JoolSession

/// Searches of a table that is listed page by page, as a module lists it.
@Suite struct TableSearchTests {
  /// The transport's client, and the whole table in its order.
  private static func client(
    _ sessions: [SessionEntry]
  ) throws(JoolError) -> JoolClient<Loopback> {
    try JoolClient(transport: Loopback(sessions), translator: .nat64, module: .newestKnown)
  }

  /// Clients with neighbouring masks, some with many sessions, of which some share servers.
  private static func randomSessions(_ count: Int, using random: inout SeededGenerator) -> [SessionEntry] {
    (0..<count).map { _ in
      let binding = UInt32.random(in: 0..<UInt32(max(count / 4, 1)), using: &random)
      let server = IPv4Address(bits: 0xCB00_7100 + UInt32.random(in: 0..<40, using: &random))
      let proto = [L4Protocol.tcp, .udp, .icmp][Int(binding % 3)]
      let port = UInt16(1024 + binding % 50)
      let port4: UInt16 = proto == .icmp ? port : [80, 443].randomElement(using: &random) ?? 80
      return SessionEntry(
        proto: proto,
        source6: TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(binding % 7)), UInt16(binding)),
        destination6: TransportAddress(
          IPv6Address(bits: 0x0064_ff9b << 96 | UInt128(server.bits)), proto == .icmp ? UInt16(binding) : port4),
        source4: TransportAddress(IPv4Address(bits: 0xC000_0200 + binding / 50), port),
        destination4: TransportAddress(server, port4), state: proto == .tcp ? .v6Init : .established,
        timer: proto == .tcp ? .transitory : .established,
        expiration: Milliseconds(.random(in: 1000...200_000, using: &random)))
    }
  }

  private static func randomFilter(using random: inout SeededGenerator) -> SessionFilter {
    var filter = SessionFilter()
    if Bool.random(using: &random) { filter.protocols = [.tcp, .udp] }
    let ports: ClosedRange<UInt16> = [0...UInt16.max, 1030...1030, 1020...1040].randomElement(using: &random) ?? 0...0
    let length = Int.random(in: 22...32, using: &random)
    let address = IPv4Address(bits: 0xC000_0200 + .random(in: 0..<8, using: &random))
    if Int.random(in: 0..<4, using: &random) > 0, let prefix = IPv4Prefix(address: address, length: length) {
      filter.source4 = TransportRange(prefix, ports: ports)
    }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: filter.source6 = TransportRange("2001:db8::\(Int.random(in: 0..<7, using: &random))")
    case 1: filter.destination4 = TransportRange("203.0.113.0/28#443")
    case 2: filter.expiresUnder = Milliseconds(60_000)
    default: break
    }
    return filter
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func findsWhatAFilterOfTheWholeTableFinds(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sessions = Self.randomSessions(.random(in: 0...500, using: &random), using: &random)
    for _ in 0..<5 {
      let filter = Self.randomFilter(using: &random)
      var client = try Self.client(sessions)
      var (all, bindings): ([SessionEntry], [BIBEntry]) = ([], [])
      for proto in L4Protocol.allCases {
        all += try client.sessions(of: proto)
        bindings += try client.bibEntries(of: proto)
      }
      let pages = client.transport.pages
      var (found, foundBindings): ([SessionEntry], [BIBEntry]) = ([], [])
      try client.forEachSession(matching: filter) { found += $0 }
      try client.forEachBIBEntry(matching: filter) { foundBindings += $0 }
      #expect(found == all.filter(filter.matches), "\(filter)")
      #expect(foundBindings == bindings.filter(filter.matches), "\(filter)")
      #expect(client.transport.pages - pages <= pages, "a search takes no more requests than the whole tables")
      let limit = Int.random(in: 1...60, using: &random)
      var limited: [SessionEntry] = []
      try client.forEachSession(matching: filter, limit: limit) { limited += $0 }
      #expect(limited == Array(all.filter(filter.matches).prefix(limit)))
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func findsBindingsWithTheirSessions(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let sessions = Self.randomSessions(.random(in: 1...500, using: &random), using: &random)
    var client = try Self.client(sessions)
    var (all, bindings): ([SessionEntry], [BIBEntry]) = ([], [])
    for proto in L4Protocol.allCases {
      all += try client.sessions(of: proto)
      bindings += try client.bibEntries(of: proto)
    }
    let pages = client.transport.pages
    let one = try #require(all.randomElement(using: &random))
    let filters = [
      SessionFilter(source4: TransportRange(one.source4)), SessionFilter(source6: TransportRange(one.source6)),
      SessionFilter(source4: TransportRange(IPPrefix(host: one.source4.address))),
      SessionFilter(source6: TransportRange(IPPrefix(host: one.source6.address))),
      SessionFilter(destination4: TransportRange(one.destination4)),
      SessionFilter(protocols: [one.proto], destination6: TransportRange(one.destination6)),
    ]
    for filter in filters {
      let before = client.transport.pages
      var (found, foundBindings): ([SessionEntry], [BIBEntry]) = ([], [])
      try client.find(filter, wantsSessions: true) { finding in
        switch finding {
        case .binding(let entry): foundBindings.append(entry)
        case .sessions(let page):
          let last = foundBindings.last
          #expect(page.allSatisfy { $0.source4 == last?.source4 && $0.proto == last?.proto })
          found += page
        }
      }
      #expect(client.transport.pages - before <= pages)
      let wanted = all.filter(filter.matches)
      #expect(found == wanted, "\(filter)")
      #expect(
        foundBindings
          == bindings.filter { entry in
            wanted.contains { $0.proto == entry.proto && $0.source4 == entry.source4 }
          })
      #expect(wanted.contains(one))
    }
  }

  @Test func readsOnlyThePagesThatAMaskNeeds() throws {
    let sessions = (0..<3000).map { SessionEntry.sample($0) }
    var client = try Self.client(sessions)
    let before = client.transport.pages
    let mask = try #require(TransportAddress4("192.0.2.1#2000"))
    let filter = SessionFilter(protocols: [.udp], source4: TransportRange(mask))
    var found: [SessionEntry] = []
    try client.forEachSession(matching: filter) { found += $0 }
    #expect(found.map(\.source4) == [mask])
    #expect(client.transport.pages - before == 1)
    try client.find(filter, wantsSessions: true) { _ in }
    #expect(client.transport.pages - before == 3)
    // One page of each BIB, and one of the sessions of the only binding.
    try client.find(SessionFilter(source4: TransportRange(mask)), wantsSessions: true) { _ in }
    #expect(client.transport.pages - before == 7)
    try client.forEachSession(matching: SessionFilter(protocols: [.udp]), limit: 10) { #expect($0.count == 10) }
    #expect(client.transport.pages - before == 8)
  }
}
