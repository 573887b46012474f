import Testing

@testable import JoolSession

@Suite struct PeerMemoryTests {
  @Test func isAnHourButForTests() {
    #expect(PeerMemory().mention == .seconds(3000))
    #expect(PeerMemory().acquaintance == .seconds(2700))
    #expect(PeerMemory(seconds: "60")?.mention == .seconds(50))
    for text in ["", "7", "x", "1e3", "-60", "86401"] { #expect(PeerMemory(seconds: text) == nil) }
  }
}
