import Testing

@testable import JoolCommands

/// Tests that every file that names the release names the one of the program.
@Suite struct ReleaseTests {
  private static let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/"

  /// The release in the first line of a file that begins with `start`: the word after it, without parentheses.
  private func release(in path: String, after start: String) throws -> Substring? {
    let text = String(decoding: try FileReader.bytes(of: Self.folder + path), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix(start) }
    return line?.dropFirst(start.count).split { " ()".contains($0) }.first
  }

  @Test func namesTheSameReleaseEverywhere() throws {
    #expect(try release(in: "docs/CHANGELOG.md", after: "## ") == ProgramIdentity.release[...])
    #expect(try release(in: "debian/changelog", after: "swift-jool ") == ProgramIdentity.release[...])
  }

  /// SwiftPM takes no other tags.
  @Test func isASemanticVersion() {
    #expect(ProgramIdentity.release.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
  }
}
