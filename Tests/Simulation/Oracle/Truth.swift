/// The packets of a session, whatever nodes report about it.
struct Truth {
  /// The time of the last packet; before the run if a module had the session from the start.
  var lastPacket: Moment = 0
  /// The expiry after that packet, by the module that translated it.
  var until: Moment = 0
  var mask: Int32 = -1
  var state: UInt8 = 0
  /// The node whose module translated it; -1 if there was no packet.
  var node: Int32 = -1
  /// Whether the other nodes must have the session.
  ///
  /// They need not if the node ended before it could send it.
  var isOwed = false
  /// The latest expiry that any packet since the session began allows, including slack.
  var latest: Moment = 0

  /// The time of the last packet at a node that was behind (`Oracle.isBehind`).
  var behindAt: Moment = .seconds(-1_000_000)

  /// A bit for each node whose module translated packets of the session.
  ///
  /// Those modules have it without slack.
  var seenBy: UInt64 = 0

  var isKnown: Bool { node >= 0 }
}
