import Testing

@testable import JoolSession

/// For how long silent peers are remembered.
@Suite struct PeerMemoryTests {
  /// What passes from node to node is older in the end, and must not be taken for younger than it is.
  @Test func aMentionEndsLongBeforeTheMemoryDoes() {
    for memory in [PeerMemory(), PeerMemory(whole: .seconds(24))] {
      #expect(memory.acquaintance < memory.mention)
      #expect(memory.whole - memory.mention >= memory.whole / 6)
    }
  }

  @Test(arguments: [nil, "", "7", "3601", "-8", "8.5", "eight", " 8"])
  func isAnHourUnlessTheTestSaysHowManySeconds(text: String?) {
    #expect(PeerMemory(environment: text) == nil)
    #expect(PeerMemory().whole == .seconds(3600))
    #expect(PeerMemory(environment: "8")?.whole == .seconds(8))
  }
}
