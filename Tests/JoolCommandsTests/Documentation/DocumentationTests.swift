import Glibc
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests that the generated pages match the programs' tables and the tests' data.
///
/// `docs/generate` writes these pages.
@Suite struct DocumentationTests {
  private static let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/docs/"

  @Test func keepsTheCompatibilityPageUpToDate() throws {
    try check("compatibility.md", try CompatibilityPage.text())
  }

  @Test func keepsTheManualUpToDate() throws {
    for page in Manual.pages() { try check("man/\(page.name.file)", try page.text()) }
  }

  @Test func hasNoOtherPagesAndTextsForTheManual() throws {
    let pages = Manual.pages().map(\.name.file)
    #expect(
      try CompatibilityPage.names(in: Self.folder + "man").filter { $0 != "." && $0 != ".." && !pages.contains($0) }
        == [])
    let texts = try CompatibilityPage.names(in: Self.folder + "manual").filter { $0.hasSuffix(".md") }
    #expect(texts.filter { !pages.contains(String($0.dropLast(3))) } == [])
  }

  @Test func refersToPagesThatExist() throws {
    let names = Set(Manual.pages().map(\.name))
    for page in Manual.pages() {
      for match in try page.text().matches(of: /\\fB(jool[\w.\-\\]*)\\fR\((\d)\)/) {
        let other = PageName(String(match.1).replacing("\\", with: ""), Int(match.2) ?? 0)
        #expect(names.contains(other), "\(page.name.file) refers to \(other.file)")
      }
    }
  }

  @Test func summarizesEveryPage() {
    for page in Manual.pages() { #expect(!page.summary.isEmpty, "\(page.name.file)") }
  }

  @Test func namesEveryOptionOnTheProxyPage() throws {
    let page = String(decoding: try FileReader.bytes(of: Self.folder + "session-proxy.md"), as: UTF8.self)
    for option in SessionProxyCommand().syntax.options {
      #expect(page.contains("`--\(option.declaration.name)`"), "\(option.declaration.name)")
    }
  }

  @Test func listsEveryDifferingCaseInTheTables() throws {
    let named = CompatibilityPage.namedCases(in: try CompatibilityPage.template())
    for own in try CompatibilityPage.cases() { #expect(named.contains("\(own.scenario) \(own.id)"), "\(own)") }
  }

  @Test func givesAReasonForEveryDifferingCase() throws {
    for own in try CompatibilityPage.cases() {
      #expect(own.remark.contains(": ") && !own.remark.hasPrefix("Where this client"), "\(own)")
    }
  }

  @Test func waivesEveryDifferingCaseOnTheRealModule() throws {
    let waivers = try GoldenWaivers()
    for own in try CompatibilityPage.cases() {
      #expect(waivers.isWaived("\(own.scenario)/\(own.id)", in: "4.1.15"), "\(own)")
    }
  }

  @Test func namesEveryFieldOnTheJSONPage() throws {
    let page = String(decoding: try FileReader.bytes(of: Self.folder + "json.md"), as: UTF8.self)
    let session = JSONOutputTests.session(.tcp, .established)
    var random = RandomModels(seed: 0)
    for item in [random.pool4().json, random.mapping().json, random.instance().json] {
      for member in try #require(item.members) { #expect(page.contains("`\(member.key)`"), "\(member.key)") }
    }
    for member in (session.text + random.binding().text).matches(of: /"(\w+)":/) {
      #expect(page.contains("`\(member.1)`"), "\(member.1)")
    }
  }

  private func check(_ name: String, _ text: String) throws {
    if getenv("JOOL_WRITE_DOCS") != nil, let file = fopen(Self.folder + name, "w") {
      fputs(text, file)
      fclose(file)
    }
    let bytes = try? FileReader.bytes(of: Self.folder + name)
    #expect(bytes == Array(text.utf8), "docs/\(name) is out of date: run docs/generate")
  }
}
