import Testing

@testable import JoolCommands

@Suite struct UsageTextTests {
  @Test func sortsByLetterOrNameIgnoringCase() {
    let options = [
      OptionDeclaration(name: "zebra", letter: "b", explanation: "second"),
      OptionDeclaration(name: "Charlie", explanation: "third"),
      OptionDeclaration(name: "alpha", explanation: "first"),
      OptionDeclaration(name: "secret", explanation: "never", isHidden: true),
    ]
    let lines = UsageText(name: "test", options: options, arguments: "").help.split(separator: "\n")
    #expect(
      lines[1...3] == [
        "      --alpha                first",
        "  -b, --zebra                second",
        "      --Charlie              third",
      ])
    #expect(!lines.contains { $0.contains("secret") })
  }

  @Test func putsTheExplanationOfALongNameOnItsOwnLine() {
    let option = OptionDeclaration(
      name: "an-option-with-a-long-name", value: .required("VALUE"), explanation: "explained")
    let help = UsageText(name: "test", options: [option], arguments: "").help
    #expect(help.contains("      --an-option-with-a-long-name=VALUE\n                             explained\n"))
  }

  @Test func doesNotBreakLinesWithinTheArguments() {
    let options = (1...5).map { OptionDeclaration(name: "option-\($0)") }
    let usage = UsageText(name: "test", options: options, arguments: "FIRST SECOND").usage
    #expect(usage.split(separator: "\n").contains { $0.hasSuffix("FIRST SECOND") })
    #expect(usage.split(separator: "\n").allSatisfy { $0.count < 80 })
  }
}
