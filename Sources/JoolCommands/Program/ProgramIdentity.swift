/// The texts by which the programs identify themselves.
enum ProgramIdentity {
  /// The version of the newest C client whose command line this one is compatible with.
  ///
  /// Scripts compare it.
  static let version = "4.1.15.0"
  /// The release of this project, as in the tag, the Debian package and docs/CHANGELOG.md.
  ///
  /// This is the only place where it is chosen. The Makefile reads it from this line, and a test compares the others.
  static let release = "1.0.0"
  /// The address for bug reports, printed at the end of help texts.
  ///
  /// One word.
  static let bugAddress = "swift-jool/issues"

  /// The answer to `--version`, or to `--version --verbose`, which contains both versions.
  static func versionText(isVerbose: Bool) -> String {
    isVerbose ? "swift-jool \(release)\nCompatible with the client of Jool \(version)" : version
  }
}
