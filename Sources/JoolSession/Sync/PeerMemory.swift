/// For how long incarnations are remembered that are not heard any more.
///
/// An entry is mentioned for less time than it is kept: what passes from node to node may get older, but never so much younger
/// that it is believed by somebody who has forgotten it.
struct PeerMemory: Hashable, Sendable {
  /// Of the environment: another memory than an hour, in seconds, for tests that cannot wait so long.
  static let variable = "JOOL_TEST_PEER_MEMORY"
  /// Less would be shorter than the timeout of a peer.
  private static let shortest = 8

  /// Then the incarnation is forgotten.
  let whole: Duration
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

  /// - Parameter text: a whole number of seconds.
  /// - Returns: `nil` if it is none, or too short.
  init?(seconds text: String) {
    guard let seconds = Int(text), Self.shortest...86_400 ~= seconds else { return nil }
    self.init(whole: .seconds(seconds))
  }
}
