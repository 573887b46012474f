import Testing

@testable import JoolCommands

@Suite struct OptionScannerTests {
  private static let declarations = [
    OptionDeclaration(name: "csv"),
    OptionDeclaration(name: "no-headers"),
    OptionDeclaration(name: "numeric", letter: "n"),
    OptionDeclaration(name: "mark", letter: "m", value: .required("INT")),
    OptionDeclaration(name: "wait", letter: "w", value: .optional("SECS")),
  ]

  /// The scanned items as text, and the error that ended the scan, if any.
  private func scan(
    _ words: [String], order: OptionScanner.Order = .anywhere
  ) -> (items: [String], error: OptionError?) {
    var scanner = OptionScanner(words, declarations: Self.declarations, order: order)
    var items: [String] = []
    do throws(OptionError) {
      while let item = try scanner.next() {
        switch item {
        case .argument(let text): items.append(text)
        case .option(let index, let value):
          items.append("--" + Self.declarations[index].name + (value.map { "=" + $0 } ?? ""))
        }
      }
      return (items, nil)
    } catch {
      return (items, error)
    }
  }

  @Test func returnsOptionsBeforeArguments() {
    #expect(scan(["a", "--csv", "b", "-n"]).items == ["--csv", "--numeric", "a", "b"])
  }

  @Test func stopsAtTheFirstArgumentOnRequest() {
    #expect(scan(["--csv", "a", "--numeric"], order: .beforeArguments).items == ["--csv", "a", "--numeric"])
  }

  @Test func treatsEverythingAfterTwoDashesAsArguments() {
    #expect(scan(["a", "--", "--csv", "-x"]).items == ["a", "--csv", "-x"])
    #expect(scan(["--", "--"]).items == ["--"])
  }

  @Test func treatsASingleDashAsAnArgument() {
    #expect(scan(["-"]).items == ["-"])
  }

  @Test func acceptsUnambiguousAbbreviations() {
    #expect(scan(["--c", "--nu", "--ma=1"]).items == ["--csv", "--numeric", "--mark=1"])
  }

  @Test func listsTheMatchesOfAnAmbiguousAbbreviation() {
    #expect(scan(["--n"]).error == .ambiguous("n", possibilities: ["no-headers", "numeric"]))
  }

  @Test func prefersAnExactNameToALongerOne() throws {
    let declarations = [OptionDeclaration(name: "net"), OptionDeclaration(name: "network")]
    var scanner = OptionScanner(["--net"], declarations: declarations)
    let item = try scanner.next()
    #expect(item == .option(0, value: nil))
  }

  @Test func acceptsAValueAttachedOrInTheNextWord() {
    #expect(
      scan(["--mark=", "--mark", "-1", "-m5", "-m", "6"]).items == ["--mark=", "--mark=-1", "--mark=5", "--mark=6"])
  }

  @Test func acceptsAnOptionalValueOnlyAttached() {
    #expect(scan(["--wait", "5", "--wait=6"]).items == ["--wait", "--wait=6", "5"])
  }

  @Test func splitsCombinedShortOptions() {
    #expect(scan(["-nm7"]).items == ["--numeric", "--mark=7"])
    #expect(scan(["-nm", "7"]).items == ["--numeric", "--mark=7"])
  }

  @Test func returnsTheItemsBeforeTheFirstError() {
    let result = scan(["--csv", "--nope=1", "--numeric"])
    #expect(result.items == ["--csv"])
    #expect(result.error == .unrecognized("nope=1"))
  }

  @Test(arguments: [
    (["-x"], OptionError.invalidLetter("x")),
    (["-nx"], .invalidLetter("x")),
    (["-m"], .letterRequiresValue("m")),
    (["--ma"], .requiresValue("mark")),
    (["--cs=1"], .allowsNoValue("csv")),
  ])
  func reportsTheErrorOfAnOption(words: [String], error: OptionError) {
    #expect(scan(words).error == error)
  }
}
