internal import JoolCore

/// The sessions that a table has gained or refreshed, for the clients that follow it.
struct SessionAnnouncements: Sendable {
  /// The sessions since they were taken last, oldest first.
  private(set) var sessions: [SessionEntry] = []
  /// Whether there were more, which are lost.
  private(set) var isCut = false

  /// The greatest number of sessions that wait to be taken (about 2 MB).
  ///
  /// A turn of the proxy usually receives fewer.
  static let limit = 16_384

  mutating func append(_ session: SessionEntry) {
    guard sessions.count < Self.limit else {
      isCut = true
      return
    }
    sessions.append(session)
  }

  /// Appends a session unless it says nothing new: a session of a C proxy is stored again, with a version, when it is
  /// sent to the peers.
  mutating func append(_ session: SessionEntry, replacing previous: SessionEntry) {
    let isLonger = UInt64(session.expiration.rawValue) > UInt64(previous.expiration.rawValue) + SyncRecord.sameLife
    if isLonger || !session.hasSameContent(as: previous) { append(session) }
  }
}
