import Testing

@testable import JoolSession

/// The time for which silent peers are remembered.
@Suite struct PeerMemoryTests {
  /// A mention that passes from node to node ages in transit and must not be taken for younger than it is.
  @Test func mentionsEndLongBeforeTheMemory() {
    for memory in [PeerMemory(), PeerMemory(whole: .seconds(24))] {
      #expect(memory.acquaintance < memory.mention)
      #expect(memory.whole - memory.mention >= memory.whole / 6)
    }
  }

  @Test(arguments: [nil, "", "7", "3601", "-8", "8.5", "eight", " 8"])
  func isAnHourUnlessTheEnvironmentSetsSeconds(text: String?) {
    #expect(PeerMemory(environment: text) == nil)
    #expect(PeerMemory().whole == .seconds(3600))
    #expect(PeerMemory(environment: "8")?.whole == .seconds(8))
  }
}
