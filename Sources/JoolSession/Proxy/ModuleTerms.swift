internal import JoolCore

/// What of a session in the table the own module should get.
///
/// The table keeps what was said, so that all tables are equal, whatever the timeouts. A module ends a session by its
/// own ones.
struct ModuleTerms: Sendable {
  /// The module's own timeouts.
  var own: SessionLimits
  /// Timeouts of the speakers that have a longer one than the module, by `SessionTable.Session.origin`.
  var longer: [UInt8: SessionLimits] = [:]
  var statics = StaticEntries()

  /// The module takes this and more for a session that never ends.
  private static let immortal: UInt32 = 0x8000_0000
  /// A module whose sessions may last longer than it can be told is given them again after this, half of what it can be told.
  static let renewal = Duration.seconds(12 * 86_400)

  init(own: SessionLimits) { self.own = own }

  /// Whether a session may last longer than the module can be told.
  var isCapped: Bool {
    let longest = [own.tcpEstablished, own.tcpTransitory, own.udp, own.icmp].lazy.map(\.rawValue).max() ?? 0
    return UInt64(longest) * 5 / 4 >= UInt64(Self.immortal)
  }

  /// The session as the module should get it: it ends when it would if the module had seen its last packet. `nil` if
  /// that is over.
  func share(of known: SessionTable.Session) -> SessionEntry? {
    var session = known.entry
    var left = session.expiration.rawValue
    let longest = own.longest(session).rawValue
    if !longer.isEmpty, let speaker = longer[known.origin] {
      let theirs = speaker.longest(session).rawValue
      left -= min(left, theirs - min(theirs, longest))
    }
    guard left > 0 else { return nil }
    session.expiration = Milliseconds(min(left, longest, Self.immortal - 1))
    return session
  }
}
