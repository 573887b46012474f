import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct OtherVersionsTests {
  private let one = IPv6Address(bits: 1)
  private let other = IPv6Address(bits: 2)

  @Test func reportsTheFirstSenderWhileItsFramesArrive() {
    var versions = OtherVersions()
    let start = Instant.now
    #expect(versions.findings(now: start).isEmpty)
    for second in 0..<100 {
      versions.heard(2, from: one, now: start + .seconds(second))
      versions.heard(1, from: other, now: start + .seconds(second))
    }
    let now = start + .seconds(100)
    #expect(versions.findings(now: now).count == 1)
    #expect(versions.findings(now: now).first?.contains("(2; this proxy uses 3)") == true)
    #expect(versions.findings(now: now).first?.contains("\(one)") == true)
    #expect(versions.findings(now: now + OtherVersions.memory).isEmpty)
    versions.heard(1, from: other, now: now + OtherVersions.memory)
    #expect(versions.findings(now: now + OtherVersions.memory).first?.contains("\(other)") == true)
  }

  /// Such a proxy may be waiting for its upgrade, so legacy datagrams from its address are still accepted.
  @Test(arguments: [false, true]) func countsAndReportsFramesOfAnotherVersion(isSealed: Bool) throws {
    let keys = isSealed ? try FrameSealTests.ring((1, "a")) : nil
    var group = Group(keys: [keys, keys])
    let former = bytes(hex: "0000 02 \(isSealed ? "ff" : "01")") + [UInt8](repeating: 7, count: 100)
    group.inject(former, at: 0)
    #expect(group.proxies[0].counters.otherVersions == 1)
    #expect(group.proxies[0].counters.malformedDatagrams == 0)
    #expect(group.findings(at: 0).filter { $0.contains("another version") }.count == 1)
    guard !isSealed else { return }
    group.inject(RecordLayout.packed36.encode([.sample(1)]), at: 0)
    #expect(group.proxies[0].node?.table.count == 1)
  }
}
