import JoolCore
import Testing

@testable import JoolCommands

@Suite struct GlobalExplanationTests {
  private let bench = TestBench()

  @Test func everyVariableIsExplained() {
    let names = Set(GlobalKey.all.map(\.name))
    #expect(Set(GlobalExplanations.table.keys) == names)
    #expect(Set(GlobalExplanations.units.keys).isSubset(of: names))
    #expect(Set(GlobalExplanations.formerDefaults.keys).isSubset(of: names))
    for key in GlobalKey.all {
      let explanation = GlobalExplanation(of: key)
      #expect(explanation.effect.allSatisfy { $0.count <= 100 && !$0.contains("\"") }, "\(key.name)")
    }
  }

  @Test func showsFormDefaultReleaseAndSource() {
    #expect(
      GlobalExplanation(of: .udpTimeout).lines == [
        "How long a UDP session is kept without a packet.",
        "Value: a time as [[HH:]MM:]SS[.mmm], at least 0:02:00; default 0:05:00 (HH:MM:SS)",
        "Exists in: NAT64, every module that this program works with", "Source: RFC 6146 §4, RFC 4787 §4.3",
      ])
    let newer = GlobalExplanation(of: .ssMaxSessionsPerPacket).lines
    #expect(newer.contains("Value: a number of sessions; default 36 (10 before module 4.1.13)"))
    #expect(newer.contains("Exists in: NAT64, from module 4.1.11 on"))
    #expect(
      GlobalExplanation(of: .lowestIPv6MTU).lines.contains("Value: a number of bytes, at least 1280; default 1280"))
  }

  @Test func explainPrintsWhatDisplayPrints() {
    bench.run("jool instance add -6 64:ff9b::/96")
    let explained = bench.run("jool global explain udp-timeout")
    #expect(explained.status == 0)
    let shown = bench.run("jool global display --explain")
    #expect(shown.status == 0)
    let block = explained.output.split(separator: "\n", maxSplits: 1).last.map(String.init) ?? ""
    #expect(shown.output.contains("  udp-timeout: 0:05:00 (HH:MM:SS)\n" + block))
  }

  @Test func aMistypedVariableGetsASuggestion() {
    let result = bench.run("jool global explain udp-timout")
    #expect(result.status != 0)
    #expect(result.error.contains("'udp-timout' is not a valid variable; use one of udp-timeout."))
  }

  @Test func anSIITHasItsOwnVariables() {
    let result = bench.run("jool_siit global explain --csv --no-headers")
    #expect(result.output.contains("eam-hairpin-mode,\"off, simple, intrinsic\",\"intrinsic\",\"SIIT\",\"4.1.2\""))
    #expect(!result.output.contains("udp-timeout"))
  }
}
