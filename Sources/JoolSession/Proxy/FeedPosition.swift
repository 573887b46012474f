/// How far the module has been told: whatever enters the feed is counted, by its kind, and so is what the module has
/// taken.
struct FeedPosition: Hashable, Sendable {
  var additions: UInt64 = 0
  var replacements: UInt64 = 0
  var refills: UInt64 = 0

  /// Whether all that had entered then has been taken.
  func reaches(_ mark: FeedPosition) -> Bool {
    additions >= mark.additions && replacements >= mark.replacements && refills >= mark.refills
  }
}
