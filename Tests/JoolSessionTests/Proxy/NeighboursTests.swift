import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct NeighboursTests {
  private let start = Instant.now

  private func address(_ number: Int) -> IPv6Address { IPv6Address(bits: 0xFE80 << 112 | UInt128(number)) }

  @Test func forgetsACProxyAfterHours() {
    var neighbours = Neighbours()
    neighbours.heardLegacy(.packed48, from: address(1), now: start)
    let soon = start + .seconds(3600)
    #expect(neighbours.legacyCount(now: soon) == 1, "a standby sends nothing")
    #expect(neighbours.layouts(own: .packed36, now: soon) == [.packed48])
    let late = start + Neighbours.legacyMemory
    #expect(neighbours.legacyCount(now: late) == 0)
    #expect(neighbours.layouts(own: .packed36, now: late) == [.packed36])
  }

  @Test func acceptsACProxyAfterManyForgedAddresses() {
    var neighbours = Neighbours()
    for number in 0..<200 { neighbours.heardLegacy(.nested, from: address(number), now: start + .seconds(number)) }
    neighbours.heardLegacy(.packed48, from: address(1000), now: start + .seconds(300))
    let now = start + .seconds(301)
    #expect(neighbours.legacyCount(now: now) == Neighbours.maxCount)
    #expect(neighbours.layouts(own: .packed36, now: now).contains(.packed48))
  }

  @Test func keepsACProxyAfterASingleFrame() {
    var neighbours = Neighbours()
    neighbours.heardLegacy(.packed36, from: address(1), now: start)
    neighbours.heardSS2(from: address(1), now: start)
    #expect(!neighbours.speaksSS2(address(1), now: start))
    neighbours.heardSS2(from: address(1), now: start + .seconds(1))
    #expect(neighbours.speaksSS2(address(1), now: start + .seconds(1)), "an SS2 proxy has replaced it")
    #expect(neighbours.legacyCount(now: start + .seconds(1)) == 0)
  }
}
