internal import JoolCore

/// What the module must be told, so that it has what the table has.
extension SyncNode {
  /// The table has taken somebody else's word.
  /// - Parameter rivals: the BIB entries that left the table for it; the module may have them.
  mutating func tellModule(_ session: SessionEntry, rivals: [BIBEntry] = []) {
    settled?.insert(SessionKey(session))
    guard knowsModule else { return }
    output.evictions += rivals
    output.sessions.append(session)
  }

  /// The module itself said it: it needs nothing more.
  mutating func moduleHas(_ session: SessionEntry) { settled?.insert(SessionKey(session)) }

  /// What the module has is older than what the table has in its place.
  mutating func giveWay(_ session: SessionEntry, now: Instant) {
    guard knowsModule else { return }
    let entries = table.conflicts(with: session)
    guard !entries.isEmpty else { return }
    output.evictions.append(
      BIBEntry(proto: session.proto, source6: session.source6, source4: session.source4, isStatic: false))
    for entry in entries { output.sessions += table.sessions(of: entry, now: now).map(\.entry) }
  }
}
