/// What the programs say about themselves.
enum ProgramIdentity {
  /// The newest C client whose command line this one is compatible with; scripts compare it.
  static let version = "4.1.15.0"
  /// Printed at the end of help texts. One word.
  static let bugAddress = "swift-jool/issues"
}
