/// What happened to a session, whatever nodes say of it.
struct Truth {
  /// Before the run if its module had it from the start.
  var lastPacket: Moment = 0
  /// Until when that keeps it alive, by the module that saw it.
  var until: Moment = 0
  var mask: Int32 = -1
  var state: UInt8 = 0
  /// Whose module saw it; -1: no packet came.
  var node: Int32 = -1
  /// Whether others must know: not if its node ended before it could say so.
  var isOwed = false
  /// The latest end that any packet since the session began allows, slack included.
  var latest: Moment = 0

  /// A bit for each node whose module saw packets of it: those modules have it without slack.
  var seenBy: UInt64 = 0

  var isKnown: Bool { node >= 0 }
}
