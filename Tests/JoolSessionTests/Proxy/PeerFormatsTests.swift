import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct PeerFormatsTests {
  private let start = Instant.now

  private func address(_ number: Int) -> IPv6Address { IPv6Address(bits: 0xFE80 << 112 | UInt128(number)) }

  @Test func forgetsACProxyAfterHours() {
    var peerFormats = PeerFormats()
    peerFormats.noteLegacy(.packed48, from: address(1), now: start)
    let soon = start + .seconds(3600)
    #expect(peerFormats.legacyCount(now: soon) == 1, "a standby is silent")
    #expect(peerFormats.layouts(own: .packed36, now: soon) == [.packed48])
    let late = start + PeerFormats.legacyMemory
    #expect(peerFormats.legacyCount(now: late) == 0)
    #expect(peerFormats.layouts(own: .packed36, now: late) == [.packed36])
  }

  @Test func madeUpAddressesKeepNoCProxyOut() {
    var peerFormats = PeerFormats()
    for number in 0..<200 { peerFormats.noteLegacy(.nested, from: address(number), now: start + .seconds(number)) }
    peerFormats.noteLegacy(.packed48, from: address(1000), now: start + .seconds(300))
    let now = start + .seconds(301)
    #expect(peerFormats.legacyCount(now: now) == PeerFormats.maxCount)
    #expect(peerFormats.layouts(own: .packed36, now: now).contains(.packed48))
  }

  @Test func oneFrameDoesNotSilenceACProxy() {
    var peerFormats = PeerFormats()
    peerFormats.noteLegacy(.packed36, from: address(1), now: start)
    peerFormats.noteSS2(from: address(1), now: start)
    #expect(!peerFormats.usesSS2(address(1), now: start))
    peerFormats.noteSS2(from: address(1), now: start + .seconds(1))
    #expect(peerFormats.usesSS2(address(1), now: start + .seconds(1)), "it was replaced by one of our kind")
    #expect(peerFormats.legacyCount(now: start + .seconds(1)) == 0)
  }
}
