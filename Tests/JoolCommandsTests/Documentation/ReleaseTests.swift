import Testing

@testable import JoolCommands

/// Tests that every file that names the release names the one of the program.
@Suite struct ReleaseTests {
  private static let folder = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/"

  /// The first line of a file that begins with `start`, without it.
  private func line(of path: String, after start: String) throws -> Substring? {
    String(decoding: try FileReader.bytes(of: Self.folder + path), as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(start) }?.dropFirst(start.count)
  }

  @Test func namesTheSameReleaseEverywhere() throws {
    #expect(try line(of: "docs/CHANGELOG.md", after: "## ")?.split(separator: " ").first == ProgramIdentity.release[...])
    #expect(try line(of: "debian/changelog", after: "swift-jool ")?.split(separator: " ").first == "(\(ProgramIdentity.release))")
  }

  /// SwiftPM takes no other tags.
  @Test func isASemanticVersion() {
    #expect(ProgramIdentity.release.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
  }
}
