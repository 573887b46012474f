import JoolCore

/// The reason why `session remove` has not ended what it should have.
enum RemovalFailure: Error, Hashable, Sendable {
  /// No session fits the filter.
  case nothingFits([L4Protocol])
  /// This number of mappings fit, and `--all` was not given.
  case needsAll(Int)
  /// The only mappings that fit, this number, are static.
  case onlyStatic(Int)

  var status: ExitStatus { .notRemoved }
}

extension RemovalFailure: CustomStringConvertible {
  var description: String {
    switch self {
    case .nothingFits(let protocols):
      "No \(protocols.map(\.description).joined(separator: ", ")) session fits."
    case .needsAll(let count):
      """
      \(count) mappings have sessions that fit, and nothing was removed.
      Add criteria until one is left, or remove all of them with --all.
      """
    case .onlyStatic:
      """
      Nothing was removed, because what fits is static, which means that it is configuration.
      Remove it with `bib remove`.
      """
    }
  }
}
