/// The texts by which the programs identify themselves.
enum ProgramIdentity {
  /// The version of the newest C client whose command line this one is compatible with.
  ///
  /// Scripts compare it.
  static let version = "4.1.15.0"
  /// The address for bug reports, printed at the end of help texts.
  ///
  /// One word.
  static let bugAddress = "swift-jool/issues"
}
