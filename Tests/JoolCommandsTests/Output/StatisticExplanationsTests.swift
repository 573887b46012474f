import Testing

@testable import JoolCommands
@testable import JoolCore

@Suite struct StatisticExplanationsTests {
  @Test func explainsEveryCounterOfEveryReleaseInOneLine() {
    let names = Set((5...15).flatMap { Statistic.names(of: ModuleVersion(4, 1, $0)) })
    #expect(names.count == 86)
    for name in names {
      let text = StatisticExplanations.text(of: name)
      #expect(text != StatisticExplanations.text(of: "????"), "\(name)")
      #expect(!text.contains("\"") && !text.contains("\n") && text.utf8.count <= 120, "\(name): \(text)")
    }
  }
}
