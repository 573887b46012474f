import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The settings that nodes exchange, and the findings that follow.
@Suite struct NodeSettingsTests {
  static func range(
    _ first: UInt32, _ last: UInt32, _ ports: ClosedRange<UInt16> = 61_001...65_535, mark: UInt32 = 0,
    proto: L4Protocol = .tcp
  ) -> MaskRange {
    MaskRange(mark: mark, proto: proto, addresses: 0xC000_0200 + first...0xC000_0200 + last, ports: ports)
  }

  private static func settings(
    _ pool4: [MaskRange], isTranslating: Bool = false, limits: SessionLimits = SessionLimits()
  ) -> NodeSettings {
    NodeSettings(isEnabled: true, isTranslating: isTranslating, limits: limits, pool4: pool4)
  }

  private func findings(_ here: NodeSettings, _ there: NodeSettings, pool6: IPv6Prefix = .wellKnown) -> [String] {
    var check = CompatibilityCheck(
      here: .init(name: "here", pool6: .wellKnown, settings: here, isTranslating: here.isTranslating))
    return check.findings(
      peer: .init(name: "K", pool6: pool6, settings: there, isTranslating: there.isTranslating))
  }

  @Test func mergesAdjacentPool4EntriesIntoOneRange() throws {
    let entries = try (0..<UInt32(256)).reversed().map { last in
      let address = IPv4Address(bits: 0xC000_0200 + last)
      return Pool4Entry(proto: .udp, prefix: try #require(IPv4Prefix(address: address, length: 32)), ports: .all)
    }
    #expect(MaskRange.merging(entries.map { MaskRange($0) }) == [Self.range(0, 255, 0...65_535, proto: .udp)])
    let apart = [entries[0], entries[2]]
    #expect(MaskRange.merging(apart.map { MaskRange($0) }).count == 2)
  }

  /// The results are compared with the definition, address by address and port by port.
  @Test func subtractsAndIntersectsLikeSets() {
    var random = SeededGenerator(seed: 4)
    func points(_ ranges: [MaskRange]) -> Set<[UInt32]> {
      Set(ranges.flatMap { range in range.addresses.flatMap { a in range.ports.map { [a, UInt32($0)] } } })
    }
    func some() -> MaskRange {
      let bounds = (0..<4).map { _ in UInt32.random(in: 0...6, using: &random) }
      return Self.range(
        min(bounds[0], bounds[1]), max(bounds[0], bounds[1]),
        UInt16(min(bounds[2], bounds[3]))...UInt16(max(bounds[2], bounds[3])))
    }
    for _ in 0..<500 {
      let (left, right) = (some(), some())
      let rest = left.subtracting(right)
      #expect(points(rest) == points([left]).subtracting(points([right])))
      #expect(rest.reduce(0) { $0 + $1.addresses.count * $1.ports.count } == points(rest).count, "no overlaps")
      #expect(points([left.intersection(right)].compactMap { $0 }) == points([left]).intersection(points([right])))
    }
  }

  @Test func findsNothingForEqualSettings() {
    let both = Self.settings([Self.range(1, 4), Self.range(1, 4, proto: .udp)])
    #expect(findings(both, both) == [])
  }

  @Test func namesMissingPool4Ranges() {
    let wide = Self.settings([Self.range(1, 1)])
    let narrow = Self.settings([Self.range(1, 1, 61_501...65_535)])
    #expect(
      findings(wide, narrow) == [
        "K's pool4 lacks TCP 192.0.2.1 61001-61500; sessions that use it here will break on failover to K."
      ])
    #expect(
      findings(narrow, wide) == [
        "This node's pool4 lacks TCP 192.0.2.1 61001-61500; "
          + "sessions that use it at K will break on failover to this node."
      ])
  }

  @Test func namesOtherDifferences() throws {
    let here = Self.settings([Self.range(1, 1)])
    var limits = SessionLimits()
    limits.udp = Milliseconds(120_500)
    var there = Self.settings([], limits: limits)
    there.isEnabled = false
    let pool6 = try #require(IPv6Prefix(address: IPv6Address(bits: 0x2001_0DB8 << 96), length: 96))
    let found = findings(here, there, pool6: pool6)
    #expect(found.count == 4)
    #expect(found[0].hasPrefix("pool6 is 64:ff9b::/96 here and 2001:db8::/96 at K"))
    #expect(found[1].hasPrefix("ss-enabled is off at K"))
    #expect(found[2].hasPrefix("udp-timeout is 300 s here and 120.5 s at K"))
    #expect(found[3].hasPrefix("pool4 is empty at K"))
  }

  @Test func requiresSeparateRangesOfTwoTranslatingNodes() {
    let both = Self.settings([Self.range(1, 1)], isTranslating: true)
    #expect(findings(both, both).first?.contains("both give out TCP 192.0.2.1 61001-65535") == true)
    let divided = Self.settings([Self.range(1, 1, mark: 1), Self.range(2, 2, mark: 2)], isTranslating: true)
    #expect(findings(divided, divided) == [])
    #expect(findings(both, Self.settings(both.pool4)) == [], "only one of them translates")
  }

  /// The results are compared with the definition.
  @Test func theIndexFindsEveryOverlappingRange() {
    var random = SeededGenerator(seed: 6)
    func some() -> MaskRange {
      let bounds = (0..<2).map { _ in UInt32.random(in: 0...60, using: &random) }
      return Self.range(
        min(bounds[0], bounds[1]), min(bounds[0], bounds[1]) + bounds[1] % 5, 1...9,
        proto: Bool.random(using: &random) ? .tcp : .udp)
    }
    for _ in 0..<200 {
      let ranges = (0..<20).map { _ in some() }
      let index = MaskRangeIndex(ranges)
      for range in ranges + (0..<20).map({ _ in some() }) {
        let overlapping = Set(ranges.filter { range.intersection($0) != nil })
        #expect(overlapping.isSubset(of: Set(index.candidates(for: range))))
        #expect(index.contains(range) == ranges.contains(range))
      }
    }
  }

  /// A peer chooses its ranges, and 64 may be forged.
  @Test func comparesTheLargestPoolsInFewSteps() {
    let many = (0..<1024).map { Self.range(UInt32($0) * 2, UInt32($0) * 2) }
    func findings(_ pool4: [MaskRange], _ other: [MaskRange], steps: Int) -> [String] {
      var check = CompatibilityCheck(
        here: .init(name: "here", pool6: .wellKnown, settings: Self.settings(pool4), isTranslating: true), steps: steps)
      return check.findings(
        peer: .init(name: "K", pool6: .wellKnown, settings: Self.settings(other), isTranslating: false))
    }
    #expect(findings(many, many, steps: 1) == [])
    let found = findings(many, Array(many.dropLast(2)), steps: 10)
    #expect(found.map { $0.contains("lacks TCP 192.0.9.252 61001-65535, TCP 192.0.9.254 61001-65535;") } == [true])
    // All these ranges overlap.
    let bad = (0..<1024).map { Self.range(0, 4000, UInt16($0)...UInt16(60_000 - $0)) }
    #expect(findings(many, bad, steps: 1000) == [], "the comparison gives up")
  }

  @Test func theStatusRepeatsTheLastFindings() {
    var group = Group(seed: 3)
    for index in 0...1 { group.proxies[index].advertise(pool4: [MaskRange(Self.entry(0))], now: group.now) }
    group.pass(.seconds(2))
    #expect(group.findings(at: 1) == [])
    group.proxies[0].advertise(pool4: [MaskRange(Self.entry(1))], now: group.now)
    group.pass(.seconds(2))
    #expect(group.proxies[1].status(now: group.now).findings == [], "a status request does not start a comparison")
    #expect(group.findings(at: 1).count == 2)
    #expect(group.proxies[1].status(now: group.now).findings.count == 2)
  }

  @Test func sendsALargePool4InParts() {
    var group = Group(keys: [], seed: 3)
    let pool4 = (0..<UInt32(300)).map { MaskRange(Self.entry($0)) }
    group.proxies[0].advertise(pool4: pool4, now: group.now)
    group.proxies[1].advertise(pool4: pool4, now: group.now)
    group.pass(.seconds(2))
    #expect(group.findings(at: 0) == [])
    let received = group.proxies[1].node?.peers.all.first?.settings.settings
    #expect(received?.pool4.count == 300)
    #expect(group.proxies[1].node?.transmitter.settings.received == 1)
    group.pass(.seconds(65))
    #expect(group.proxies[1].node?.transmitter.settings.received == 1, "repeated settings do not count")
    group.proxies[0].advertise(pool4: Array(pool4.dropLast()), now: group.now)
    group.pass(.seconds(2))
    #expect(group.proxies[1].node?.transmitter.settings.received == 2)
    let findings = group.findings(at: 1)
    #expect(findings.count == 1)
    #expect(findings.first?.contains("lacks TCP 192.0.4.86 1000-1001;") == true)
  }

  @Test func doesNotReportASwitchoverAsTwoActiveNodes() {
    var group = Group(seed: 3)
    func pass(_ seconds: Int, active: [Int]) -> [String] {
      for _ in 0..<seconds / 10 {
        for index in active { group.announce([.sample(0, expiration: 300_000)], at: index) }
        for index in 0...1 { group.proxies[index].advertise(pool4: [MaskRange(Self.entry(0))], now: group.now) }
        group.pass(.seconds(10))
      }
      return group.findings(at: 1)
    }
    #expect(pass(300, active: [0]) == [])
    #expect(pass(20, active: [1]) == [])
    #expect(pass(100, active: [1]) == [])
    #expect(pass(160, active: [0, 1]).first?.contains("both translate") == true)
  }

  /// An entry for every second address, so that none can be merged.
  private static func entry(_ number: UInt32) -> Pool4Entry {
    let address = IPv4Address(bits: 0xC000_0200 + number * 2)
    return Pool4Entry(proto: .tcp, prefix: IPv4Prefix(host: address), ports: PortRange(1000, 1001))
  }
}
