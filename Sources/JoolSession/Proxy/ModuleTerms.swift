internal import JoolCore

/// Computes the expiration with which the own module gets a session of the table.
///
/// The table stores what was advertised, whatever the timeouts of its node, so that all tables are equal. A module
/// expires sessions by its own timeouts.
struct ModuleTerms: Sendable {
  /// The module's own timeouts.
  private(set) var own: SessionLimits
  /// The timeouts of the peers that have a longer one than the module, by the peer's number
  /// (`SessionTable.Session.origin`).
  private var longer: [UInt8: SessionLimits] = [:]
  var statics = StaticEntries()

  /// The expiration in milliseconds from which on a session in the module never expires.
  private static let immortal: UInt32 = 0x8000_0000
  /// The time after which the module is given its sessions again, if they may last longer than the maximum expiration
  /// that it can be given.
  ///
  /// It is about half of that maximum.
  static let renewal = TimeAmount.seconds(12 * 86_400)

  init(own: SessionLimits) { self.own = own }

  /// Replaces the timeouts.
  /// - `peers`: the timeouts of all peers, by their numbers.
  mutating func use(_ own: SessionLimits, peers: [(UInt8, SessionLimits)]) {
    self.own = own
    longer = [:]
    for (number, theirs) in peers where own.isShorter(than: theirs) { longer[number] = theirs }
  }

  /// The longest timeouts of the group.
  var group: SessionLimits { longer.values.reduce(own) { $0.longest(with: $1) } }

  /// Whether a session may last longer than the maximum expiration that the module can be given.
  var isCapped: Bool {
    let longest = [own.tcpEstablished, own.tcpTransitory, own.udp, own.icmp].lazy.map(\.rawValue).max() ?? 0
    return UInt64(longest) * 5 / 4 >= UInt64(Self.immortal)
  }

  /// The session as the module should get it.
  ///
  /// It expires when it would if the module had seen its last packet. `nil` if that time is over.
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
