/// The state of the feed, from which the node's readiness is computed.
struct FeedProgress: Hashable, Sendable {
  /// The position of everything that has entered the feed.
  var fed = FeedPosition()
  /// The position up to which everything was given to the module, and answered by it.
  var confirmed = FeedPosition()
  /// Whether the module may lack sessions of the table that only the next audit will give it.
  var needsRefill = true
  /// Whether the module has refused to remove BIB entries that contradict the table.
  var hasRefusals = false
}
