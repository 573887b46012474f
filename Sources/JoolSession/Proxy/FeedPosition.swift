/// A position in the feed: the number of items of each kind.
///
/// What enters the feed is counted, and so is what the module has taken, so two positions show how far the module is
/// behind.
struct FeedPosition: Hashable, Sendable {
  var additions: UInt64 = 0
  var replacements: UInt64 = 0
  var refills: UInt64 = 0

  /// Whether this position includes everything up to `mark`.
  func reaches(_ mark: FeedPosition) -> Bool {
    additions >= mark.additions && replacements >= mark.replacements && refills >= mark.refills
  }
}
