/// The session table of a NAT64 and its synchronization. With a SIIT client these calls throw
/// `JoolError.wrongTranslator`.
extension JoolClient where Transport: ~Copyable {
  /// Passes the sessions of one protocol to `page`, ordered by IPv4 mask and node. Blocks until the module has answered
  /// for the last page.
  /// - Parameters:
  ///   - proto: The protocol whose sessions to list.
  ///   - page: Called with each page as it arrives. Entries may be added or removed between pages.
  /// - Throws: The errors of `exchange(_:_:flags:)`, `JoolError.endlessList`, and the errors of `page`.
  public mutating func forEachSession(
    of proto: L4Protocol, _ page: ([SessionEntry]) throws(JoolError) -> Void
  ) throws(JoolError) {
    try list(.sessionForEach, [.proto(proto)], offset: { [.proto(proto), .sessionOffset($0)] }, page: page)
  }

  /// One page of the sessions of a protocol, for callers that have other work to do between pages. Blocks until the
  /// module answers.
  /// - Parameters:
  ///   - proto: The protocol whose sessions to list.
  ///   - previous: The last session of the page before, in the order of `forEachSession`; `nil` for the first page.
  /// - Returns: The sessions after `previous`, and whether there are more after them.
  /// - Throws: The errors of `exchange(_:_:flags:)`, and `JoolError.endlessList`.
  public mutating func sessions(
    of proto: L4Protocol, after previous: SessionEntry?
  ) throws(JoolError) -> (sessions: [SessionEntry], hasMore: Bool) {
    let answer = try exchange(.sessionForEach, [.proto(proto)] + (previous.map { [.sessionOffset($0)] } ?? []))
    let sessions = try Self.decoding { () throws(WireFormatError) in try answer.list(of: SessionEntry.self) }
    guard !answer.hasMore || !sessions.isEmpty && sessions.last != previous else { throw .endlessList(.sessionForEach) }
    return (sessions, answer.hasMore)
  }

  /// Requests that the module multicast its sessions. Blocks until the module answers.
  ///
  /// Modules up to 4.1.10 report success and send nothing. `SyncFormat` and `ModuleVersion.advertises` identify them.
  /// - Throws: The errors of `exchange(_:_:flags:)`.
  public mutating func advertise() throws(JoolError) { _ = try exchange(.sessionSyncAdvertise) }

  /// Acknowledges the module's last multicast, so that it sends the next one at once. Does not wait for an answer.
  /// - Throws: The errors of `command(_:_:)`.
  public mutating func acknowledgeSessions() throws(JoolError) { try command(.sessionSyncAcknowledge) }

  /// Adds sessions of a peer to the module's table, in the module's own layout. Does not wait for an answer, but blocks
  /// while the kernel processes the sessions.
  ///
  /// This is fast for sessions in ascending order of expiration per protocol and timer, because the module keeps such
  /// lists sorted and searches them from their tail.
  /// - Parameter sessions: At most `SyncFormat.maxRecordsPerAdd` sessions; more than 65,531 bytes of records stop the
  ///   program. If there are none, nothing is sent, because a request without the container crashes the kernel.
  /// - Throws: The errors of `command(_:_:)`. `JoolError.refused` means that some record was unusable (the others are
  ///   applied), or that `ss-enabled` is off.
  public mutating func addSessions(_ sessions: ArraySlice<SessionEntry>) throws(JoolError) {
    guard !sessions.isEmpty else { return }
    try command(.sessionSyncAdd, [.sessions(encoded: SyncFormat(module: module).encode(sessions))])
  }
}

extension ModuleVersion {
  /// Whether the module acts on JOOLD_ADVERTISE. Releases up to 4.1.10 put all sessions on a list that is never sent.
  public var advertises: Bool { self >= ModuleVersion(4, 1, 11) }
}
