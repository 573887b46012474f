/// What readiness needs to know of the feed.
struct FeedProgress: Hashable, Sendable {
  /// All that has entered.
  var fed = FeedPosition()
  /// All up to here is in the module.
  var confirmed = FeedPosition()
  /// The module may lack sessions of the table that nothing will give it before the next audit.
  var needsRefill = true
  /// The module refuses to remove BIB entries that contradict the table.
  var hasRefusals = false
}
