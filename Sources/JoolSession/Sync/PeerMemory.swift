/// The time for which an incarnation is remembered after its last frame was received.
///
/// An entry is mentioned in hellos for a shorter time than it is stored. A silence that nodes pass on to each other may
/// become too long, but never too short by as much as this margin. So a node that has forgotten an incarnation does not
/// accept it again from a node that still remembers it. Otherwise the two would pull from each other for ever.
package struct PeerMemory: Hashable, Sendable {
  /// The silence after which an incarnation is forgotten.
  package let whole: TimeAmount
  /// The silence after which an incarnation is neither mentioned in hellos nor counted as missing.
  let mention: TimeAmount
  /// The silence after which the return of an incarnation is a first contact.
  let acquaintance: TimeAmount

  /// Makes an empty memory.
  ///
  /// - Parameter whole: the silence after which an incarnation is forgotten: an hour, except in tests.
  init(whole: TimeAmount = .seconds(3600)) {
    self.whole = whole
    mention = whole * 5 / 6
    acquaintance = whole * 3 / 4
  }
}

extension PeerMemory {
  /// The name of the environment variable with which a test shortens `whole` from an hour to seconds.
  package static let variable = "JOOL_TEST_PEER_MEMORY"
  /// The smallest `whole` in seconds.
  ///
  /// The peer timeout would be a large part of a smaller one.
  private static let least = 8

  /// Makes a memory from the value of the environment variable.
  ///
  /// Returns `nil` if there is no text, or if it is no such number.
  /// - `environment`: the variable's text: a whole number of seconds, from 8 to 3600.
  package init?(environment: String?) {
    guard let seconds = environment.flatMap({ Int($0) }), Self.least...3600 ~= seconds else { return nil }
    self.init(whole: .seconds(seconds))
  }
}
