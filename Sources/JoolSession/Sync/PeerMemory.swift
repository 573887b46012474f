/// For how long incarnations are remembered that are not heard any more.
///
/// An entry is mentioned for less time than it is kept: what passes from node to node may get older, but never so much younger
/// that it is believed by somebody who has forgotten it.
package struct PeerMemory: Hashable, Sendable {
  /// Then the incarnation is forgotten.
  package let whole: Duration
  /// From then on it is neither mentioned nor missed.
  let mention: Duration
  /// From then on its return is a first contact.
  let acquaintance: Duration

  /// - Parameter whole: an hour, but for tests.
  init(whole: Duration = .seconds(3600)) {
    self.whole = whole
    mention = whole * 5 / 6
    acquaintance = whole * 3 / 4
  }
}

extension PeerMemory {
  /// The environment variable with which a test has an hour's bookkeeping in seconds.
  package static let variable = "JOOL_TEST_PEER_MEMORY"
  /// Below that the silence after which a peer is not heard any more would be a large part of it.
  private static let least = 8

  /// - Parameter environment: the variable's text, a whole number of seconds.
  /// - Returns: `nil` if the text is none, or too small.
  package init?(environment: String?) {
    guard let seconds = environment.flatMap({ Int($0) }), Self.least...3600 ~= seconds else { return nil }
    self.init(whole: .seconds(seconds))
  }
}
